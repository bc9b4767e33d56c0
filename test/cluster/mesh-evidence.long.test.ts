// `mesh evidence NODE`: an observer on that node alone, its evidence here as a run's folder that can be diagnosed, and nothing left.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { observerFolder } from '../../src/cluster/observer-objects.ts';
import { observingLine } from '../../src/model/source-line.ts';
import { mainScript } from '../program.ts';
import { kubectlSkip, underTest, until, type ClusterUnderTest } from './against-fixture.ts';

const recorded = resolve(import.meta.dirname, '../recorded/report/default');

async function netdebug({ home, kubeconfig }: ClusterUnderTest, ...words: readonly string[]) {
  const env = { ...process.env, HOME: home, KUBECONFIG: kubeconfig };
  const child = spawn(process.execPath, [mainScript, ...words], { stdio: ['ignore', 'pipe', 'pipe'], env });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, stdout, stderr };
}

test('the evidence of one node is brought here, and the observer goes', { skip: kubectlSkip }, async (t) => {
  const there = await mkdtemp(join(tmpdir(), 'netdebug-evidence-'));
  t.after(() => rm(there, { recursive: true, force: true }));
  const events = 'evidence/node-a/events.ndjson';
  await cp(join(recorded, 'evidence/node-1'), join(there, observerFolder, 'evidence/node-a'), {
    recursive: true,
  });
  const observer = [
    'capture          unavailable tcpdump is not installed',
    observingLine('node-a', '/var/run/netdebug'),
  ];
  const cluster = await underTest(t, { podFiles: { 'node-a': there }, logs: { observer } });
  const out = join(cluster.home, 'node-a');
  const words = [
    '--duration',
    '500ms',
    '--rollout-timeout',
    '4s',
    '--image',
    'registry.example/netdebug:observer',
  ];
  const ended = await netdebug(cluster, 'mesh', 'evidence', 'node-a', ...words, '--out', out);
  assert.equal(ended.exitCode, 0, ended.stderr);
  assert.equal(ended.stdout, `${out}\n`);
  assert.match(
    ended.stderr,
    /node-a: capture is missing: tcpdump is not installed\n(?:node-b: .*\n)?observing; Ctrl-C/,
  );
  assert.equal(
    await readFile(join(out, events), 'utf8'),
    await readFile(join(there, observerFolder, events), 'utf8'),
  );
  const applied = await readFile(join(out, 'evidence/applied-observers.json'), 'utf8');
  assert.match(applied, /"node-a"/);
  assert.doesNotMatch(applied, /"node-b"/);
  assert.deepEqual(cluster.leftObjects(), []);
  // What it says to type first.
  assert.ok(ended.stderr.includes(`To read it:\n  netdebug diagnose ${out} `), ended.stderr);
  const diagnosed = await netdebug(cluster, 'diagnose', out);
  assert.ok(diagnosed.exitCode === 0 || diagnosed.exitCode === 2, diagnosed.stderr);
  assert.ok(!existsSync(join(out, 'evidence/node-a/evidence')));
});

test(
  'Ctrl-C ends the observing early, and the evidence is brought here',
  { skip: kubectlSkip },
  async (t) => {
    const there = await mkdtemp(join(tmpdir(), 'netdebug-evidence-'));
    t.after(() => rm(there, { recursive: true, force: true }));
    const folder = join(there, observerFolder, 'evidence/node-a');
    await cp(join(recorded, 'evidence/node-1'), folder, { recursive: true });
    const cluster = await underTest(t, { podFiles: { 'node-a': there } });
    const out = join(cluster.home, 'node-a');
    const env = { ...process.env, HOME: cluster.home, KUBECONFIG: cluster.kubeconfig };
    const words = ['mesh', 'evidence', 'node-a', '--duration', '10m', '--out', out];
    const child = spawn(process.execPath, [mainScript, ...words], { stdio: ['ignore', 'pipe', 'pipe'], env });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const closed = once(child, 'close');
    await until('it observes', () => /^observing;/m.test(stderr));
    child.kill('SIGINT');
    const [exitCode] = (await closed) as [number | null];
    assert.equal(exitCode, 0, stderr);
    assert.match(stderr, /copying the evidence; Ctrl-C again ends this at once, and loses it/);
    assert.ok(existsSync(join(out, 'evidence/node-a/events.ndjson')));
    assert.deepEqual(cluster.leftObjects(), []);
  },
);

test('an observer that does not come leaves no folder', { skip: kubectlSkip }, async (t) => {
  const cluster = await underTest(t, { podFault: 'image' });
  const out = join(cluster.home, 'node-a');
  const ended = await netdebug(
    cluster,
    'mesh',
    'evidence',
    'node-a',
    '--rollout-timeout',
    '4s',
    '--out',
    out,
  );
  assert.equal(ended.exitCode, 69, ended.stderr);
  assert.equal(existsSync(out), false);
  assert.deepEqual(cluster.leftObjects(), []);
});

test('a node that is not there is refused before anything is made', { skip: kubectlSkip }, async (t) => {
  const cluster = await underTest(t);
  const ended = await netdebug(cluster, 'mesh', 'evidence', 'node-z', '--out', join(cluster.home, 'z'));
  assert.equal(ended.exitCode, 64, ended.stderr);
  assert.match(ended.stderr, /The cluster has no node "node-z"; see "kubectl get nodes"/);
  assert.deepEqual(cluster.leftObjects(), []);
});
