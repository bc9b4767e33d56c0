// Runs this checkout's `netdebug cluster …` with the real kubectl against the fixture API server, in a home of its own.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TestContext } from 'node:test';
import { runRecordSchema, type RunRecord } from '../../src/model/run-record.ts';
import { findTool } from '../../src/system/find-tool.ts';
import { startApiServer, type Fixture, type FixtureOptions } from '../fixtures/api-server/server.ts';
import { mainScript } from '../program.ts';

/** For the tests that need kubectl: a visible skip where there is none. */
export const kubectlSkip = findTool('kubectl') === undefined ? 'kubectl is not installed' : false;

export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

export interface ClusterUnderTest {
  readonly fixture: Fixture;
  /** A temporary folder that goes with the test. */
  readonly home: string;
  readonly kubeconfig: string;
  start(...words: readonly string[]): Started;
  run(...words: readonly string[]): Promise<Ended>;
  /** Objects of the fixture that were not there at the start, but for Events, which are made to stay. */
  leftObjects(): string[];
}

const runWords = ['--rollout-timeout', '4s'];

/** Starts the fixture; everything ends with the test. `env` is added to the program's environment. */
export async function underTest(
  t: TestContext,
  options: FixtureOptions = {},
  env: Readonly<Record<string, string>> = {},
): Promise<ClusterUnderTest> {
  const fixture = await startApiServer(options);
  const home = await mkdtemp(join(tmpdir(), 'netdebug-test-'));
  t.after(async () => {
    await fixture.close();
    await rm(home, { recursive: true, force: true });
  });
  const kubeconfig = join(home, 'kubeconfig');
  await writeFile(kubeconfig, JSON.stringify(configFor(fixture.url)));
  const before = new Set(fixture.cluster.store.names());

  const start = (...words: readonly string[]): Started => {
    const withRun =
      words[0] === 'run' ? [...words, ...(words.includes('--rollout-timeout') ? [] : runWords)] : words;
    const out = words[0] === 'run' && !words.includes('--out') ? ['--out', join(home, 'run')] : [];
    const config = words.includes('--kubeconfig') ? [] : ['--kubeconfig', kubeconfig];
    const child = spawn(process.execPath, [mainScript, 'cluster', ...withRun, ...out, ...config], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, HOME: home, KUBECONFIG: kubeconfig, ...env },
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const ended = new Promise<Ended>((done, failed) => {
      child.once('error', failed);
      child.once('close', (exitCode) => done({ exitCode, stdout, stderr }));
    });
    return { child, ended };
  };
  return {
    fixture,
    home,
    kubeconfig,
    start,
    run: (...words) => start(...words).ended,
    leftObjects: () =>
      fixture.cluster.store.names().filter((name) => !before.has(name) && !name.startsWith('Event/')),
  };
}

export function configFor(server: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'fixture',
    clusters: [{ name: 'fixture', cluster: { server } }],
    users: [{ name: 'tester', user: { token: 'of-no-use' } }],
    contexts: [{ name: 'fixture', context: { cluster: 'fixture', user: 'tester' } }],
  };
}

/** The record that a run with --json printed. */
export function recordOf(ended: Ended): RunRecord {
  if (ended.stdout === '') throw new Error(`exit code ${String(ended.exitCode)}: ${ended.stderr}`);
  return runRecordSchema.parse(JSON.parse(ended.stdout));
}

/** A recorded history's logs by component, see fixtures/api-server/record-histories.ts. */
export async function historyLogs(name: 'co-located' | 'none' | 'both'): Promise<Record<string, string[]>> {
  const read = async (component: string) => {
    const file = resolve(import.meta.dirname, `../fixtures/api-server/histories/${name}.${component}.txt`);
    return (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
  };
  const components = ['co-located-client', 'remote-client'];
  return Object.fromEntries(
    await Promise.all(components.map(async (one) => [one, await read(one)] as const)),
  );
}

/** Waits until the condition holds; throws with `what` when it does not within a minute. */
export async function until(what: string, condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`not within a minute: ${what}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

/** An empty folder to use as PATH: a machine without kubectl. */
export async function emptyPath(home: string): Promise<string> {
  const folder = join(home, 'empty');
  await mkdir(folder, { recursive: true });
  return folder;
}
