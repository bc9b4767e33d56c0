// `netdebug version`, with a cluster that answers, one that is silent, and none.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { release, tmpdir, type } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { configFor, kubectlSkip, underTest } from '../cluster/against-fixture.ts';
import { mainScript } from '../program.ts';

const skip = kubectlSkip;

interface Said {
  readonly version: string;
  readonly commit: string | null;
  readonly node: string;
  readonly system: string;
  readonly kernel: string;
  readonly kubectl: string | null;
  readonly cluster: { readonly context: string | null; readonly version: string } | null;
}

async function version(env: NodeJS.ProcessEnv, ...words: readonly string[]): Promise<string> {
  const all = [mainScript, 'version', ...words];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, all, {
    env: { ...process.env, ...env },
  });
  assert.equal(stderr, '');
  return stdout;
}
const json = async (env: NodeJS.ProcessEnv, ...words: readonly string[]) =>
  JSON.parse(await version(env, ...words)) as Said;

async function folder(t: TestContext): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'netdebug-test-'));
  t.after(() => rm(made, { recursive: true, force: true }));
  return made;
}

test('JSON has the program, what it runs on, kubectl and the cluster', { skip }, async (t) => {
  const { kubeconfig, home, fixture } = await underTest(t);
  const env = { KUBECONFIG: kubeconfig, HOME: home };
  const said = await json(env, '-o', 'json');
  assert.deepEqual(Object.keys(said), [
    'version',
    'commit',
    'node',
    'system',
    'kernel',
    'kubectl',
    'cluster',
  ]);
  assert.match(said.version, /^[0-9]+\.[0-9]+\.[0-9]+$/);
  assert.deepEqual(
    { node: said.node, system: said.system, kernel: said.kernel },
    { node: process.versions.node, system: `${type()} ${release()}`, kernel: release() },
  );
  assert.match(said.kubectl ?? '', /^v1\.[0-9]+/);
  assert.deepEqual(said.cluster, { context: 'fixture', version: 'v1.32.4-fixture' });
  assert.deepEqual(await json(env, '--json'), said);
  const asked = fixture.requests.length;
  assert.deepEqual(await json(env, '--json', '--no-cluster'), { ...said, cluster: null });
  assert.equal(fixture.requests.length, asked);
});

test('text asks nobody, unless it is told to', { skip }, async (t) => {
  const { kubeconfig, home, fixture } = await underTest(t);
  const env = { KUBECONFIG: kubeconfig, HOME: home };
  const quick = await version(env);
  assert.match(quick, /^netdebug [0-9.]+, commit \S+\nNode\.js \S+ on \S+ \S+\n$/);
  assert.equal(await version(env, '-o', 'text'), quick);
  assert.deepEqual(fixture.requests, []);
  const { kubectl } = await json(env, '-o', 'json', '--no-cluster');
  const last = `kubectl ${kubectl ?? ''}, cluster v1.32.4-fixture (context fixture)\n`;
  assert.equal(await version(env, '--cluster'), quick + last);
});

test('a cluster that does not answer is none, after three seconds', { skip }, async (t) => {
  const home = await folder(t);
  const silent = createServer((socket) => socket.on('error', () => undefined));
  await new Promise<void>((done) => void silent.listen(0, '127.0.0.1', done));
  t.after(() => silent.close());
  const { port } = silent.address() as AddressInfo;
  const KUBECONFIG = join(home, 'kubeconfig');
  await writeFile(KUBECONFIG, JSON.stringify(configFor(`http://127.0.0.1:${port}`)));
  const before = performance.now();
  const said = await json({ KUBECONFIG, HOME: home }, '-o', 'json');
  const seconds = (performance.now() - before) / 1_000;
  assert.match(said.kubectl ?? '', /^v1\./);
  assert.equal(said.cluster, null);
  // Three for the cluster, and what starting costs on a busy machine.
  assert.ok(seconds < 8, `${seconds.toFixed(1)} s`);
});

test('without a cluster, and without a kubectl, both are null', async (t) => {
  const home = await folder(t);
  const without = await json({ KUBECONFIG: join(home, 'none'), HOME: home }, '-o', 'json');
  assert.equal(without.cluster, null);
  const none = await json({ PATH: home, HOME: home }, '-o', 'json');
  assert.deepEqual([none.kubectl, none.cluster], [null, null]);
  assert.match(
    await version({ PATH: home, HOME: home }, '--cluster'),
    /\nno kubectl, no cluster can be reached\n$/,
  );
});
