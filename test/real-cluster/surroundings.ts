// What the tests on a real cluster are given: KUBECONFIG names the cluster, two variables the images, two more how to stop its API.
import { spawn, execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { mainScript } from '../program.ts';

const need = (name: string): string => {
  const value = process.env[name] ?? '';
  if (value !== '') return value;
  throw new Error(
    `npm run test:cluster needs ${name}: KUBECONFIG names the cluster, NETDEBUG_TEST_IMAGE and NETDEBUG_TEST_OBSERVER_IMAGE the images as its nodes know them (docs/cluster.md).`,
  );
};

export const kubeconfig = need('KUBECONFIG');
export const image = need('NETDEBUG_TEST_IMAGE');
export const observerImage = need('NETDEBUG_TEST_OBSERVER_IMAGE');

/** Shell commands that take the API server away and bring it back; null, and the test skipped, where nobody can. */
export const apiSwitch = (() => {
  const { NETDEBUG_TEST_STOP_API: stop, NETDEBUG_TEST_START_API: start } = process.env;
  return stop === undefined || start === undefined ? null : { stop, start };
})();

export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly pid: number;
  kill(signal: NodeJS.Signals): void;
  /** What it has said on stderr so far. */
  said(): string;
  readonly ended: Promise<Ended>;
}

/** Starts this checkout's netdebug. What it says goes to this process' stderr, too, so that a person sees a long test go on. */
export function startNetdebug(...words: readonly string[]): Started {
  const child = spawn(process.execPath, [mainScript, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    process.stderr.write(text);
  });
  const ended = new Promise<Ended>((done, failed) => {
    child.once('error', failed);
    child.once('close', (exitCode) => done({ exitCode, stdout, stderr }));
  });
  return { pid: child.pid ?? 0, kill: (signal) => void child.kill(signal), said: () => stderr, ended };
}

export const netdebug = (...words: readonly string[]): Promise<Ended> => startNetdebug(...words).ended;

/** Runs kubectl to its end; rejects with its own words. */
export async function kubectl(...words: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('kubectl', words, { maxBuffer: 2 ** 26 });
  return stdout;
}

/** Hands kubectl a document. */
export async function kubectlWith(document: string, ...words: readonly string[]): Promise<string> {
  const running = promisify(execFile)('kubectl', [...words, '--filename=-'], { maxBuffer: 2 ** 26 });
  running.child.stdin?.end(document);
  return (await running).stdout;
}

export const shell = async (command: string): Promise<string> =>
  (await promisify(execFile)('sh', ['-c', command])).stdout;

/** A temporary folder that goes with the test; its name is free for a run. */
export async function folderFor(t: TestContext): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'netdebug-cluster-'));
  t.after(() => rm(home, { recursive: true, force: true }));
  return join(home, 'run');
}

/** Asks every second until it is so; throws with `what` and the last answer when it is not within `seconds`. */
export async function until<T>(
  what: string,
  seconds: number,
  ask: () => Promise<{ readonly so: boolean; readonly last: T }>,
): Promise<T> {
  const deadline = performance.now() + seconds * 1_000;
  for (;;) {
    const { so, last } = await ask();
    if (so) return last;
    if (performance.now() > deadline)
      throw new Error(`not within ${seconds} s: ${what}; last: ${JSON.stringify(last)}`);
    await new Promise((done) => setTimeout(done, 1_000));
  }
}

/** Whatever a run of ours, or these tests, have in the cluster: `KIND NAMESPACE/NAME`. */
export async function ourObjects(): Promise<string[]> {
  const kinds = 'namespaces,deployments,daemonsets,jobs,services,pods';
  const listed = JSON.parse(
    await kubectl('get', kinds, '--all-namespaces', '--selector=netdebug-run', '--output=json'),
  ) as { items: { kind: string; metadata: { namespace?: string; name: string } }[] };
  return listed.items.map(({ kind, metadata: { namespace = '', name } }) => `${kind} ${namespace}/${name}`);
}
