// Ctrl-C at any stage of a run ends it with 130 and leaves nothing behind; what was recorded by then is kept.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { graceMs, renewEveryMs } from '../../src/cluster/deadline.ts';
import { runRecordSchema } from '../../src/model/run-record.ts';
import type { FixtureOptions } from '../fixtures/api-server/server.ts';
import { findTool } from '../../src/system/find-tool.ts';
import { kubectlSkip, underTest, until } from './against-fixture.ts';

const stages: readonly { when: string; fixture?: FixtureOptions; request: RegExp }[] = [
  { when: 'kubectl asks for the version', request: /GET \/version/ },
  { when: 'rights are asked for', request: /selfsubjectaccessreviews/ },
  { when: 'the server is applied', request: /PATCH .*deployments\/server/ },
  { when: 'pods are waited for', fixture: { podFault: 'pending' }, request: /GET .*\/default\/pods/ },
  { when: 'the clients are applied', request: /PATCH .*deployments\/remote-client/ },
  { when: 'the logs are followed', request: /GET .*\/pods\/remote-client-.*\/log/ },
];

for (const { when, fixture = {}, request } of stages) {
  test(
    `Ctrl-C while ${when} ends the run with 130 and nothing left behind`,
    { skip: kubectlSkip },
    async (t) => {
      const cluster = await underTest(t, fixture);
      const { child, ended } = cluster.start('run', '--rollout-timeout', '30s');
      await until(`a request ${String(request)}`, () =>
        cluster.fixture.requests.some((one) => request.test(one)),
      );
      child.kill('SIGINT');
      const { exitCode, stderr } = await ended;
      assert.equal(exitCode, 130, stderr);
      assert.deepEqual(cluster.leftObjects(), []);
    },
  );
}

test(
  'a run that is interrupted while it runs leaves a record that says so',
  { skip: kubectlSkip },
  async (t) => {
    const cluster = await underTest(t);
    const { child, ended } = cluster.start('run');
    await until('logs are followed', () =>
      cluster.fixture.requests.some((one) => /pods\/server.*\/log/.test(one)),
    );
    child.kill('SIGTERM');
    assert.equal((await ended).exitCode, 130);
    const record = runRecordSchema.parse(
      JSON.parse(await readFile(join(cluster.home, 'run/run.json'), 'utf8')),
    );
    assert.equal(record.complete, false);
  },
);

// The kernel ends kubectl with us through setpriv; elsewhere its streams end when their pods do.
const killSkip = findTool('setpriv') === undefined ? 'setpriv is not installed' : kubectlSkip;

test(
  'after a kill no kubectl goes on, and cleanup removes what the run left',
  { skip: killSkip },
  async (t) => {
    const cluster = await underTest(t);
    const { child, ended } = cluster.start('run');
    const components = ['server', 'co-located-client', 'remote-client'];
    const pods = () => cluster.fixture.cluster.store.names().filter((name) => name.startsWith('Pod/')).length;
    const log = (one: string) =>
      cluster.fixture.cluster.logOf(cluster.fixture.cluster.pod(one).metadata.name);
    await until(
      'all logs are followed',
      () => pods() === 3 && components.every((one) => log(one)?.open === 1),
    );
    child.kill('SIGKILL');
    await ended;
    await until('no log is followed', () => components.every((one) => log(one)?.open === 0));
    assert.notDeepEqual(cluster.leftObjects(), []);
    const cleanup = await cluster.run('cleanup');
    assert.equal(cleanup.exitCode, 0, cleanup.stderr);
    assert.match(cleanup.stdout, /Deployment +default +server-/);
    assert.deepEqual(cluster.leftObjects(), []);
  },
);

test(
  'after a kill everything goes by itself when the deadline has passed, but for the namespace of observers, which cleanup finds',
  { skip: killSkip },
  async (t) => {
    const cluster = await underTest(t);
    const { child, ended } = cluster.start('run', '--observe');
    const { readiness } = cluster.fixture.cluster;
    await until('the clients run', () => readiness.filter((one) => one.includes('client')).length === 2);
    child.kill('SIGKILL');
    await ended;
    const before = cluster.leftObjects();
    assert.equal(before.filter((name) => name.startsWith('Job/')).length, 2);
    cluster.fixture.cluster.elapse(graceMs / 1_000 - 1);
    assert.deepEqual(cluster.leftObjects(), before);
    cluster.fixture.cluster.elapse(renewEveryMs / 1_000);
    await until('all is gone', () => cluster.leftObjects().length === 1);
    assert.match(cluster.leftObjects()[0] ?? '', /^Namespace\/netdebug-observe-/);
    const cleanup = await cluster.run('cleanup');
    assert.match(cleanup.stdout, /Namespace +- +netdebug-observe-/);
    assert.deepEqual(cluster.leftObjects(), []);
  },
);

test('what a run leaves by --keep has no deadline', { skip: kubectlSkip }, async (t) => {
  const cluster = await underTest(t);
  const { child, ended } = cluster.start('run', '--keep');
  const { readiness } = cluster.fixture.cluster;
  await until('the clients run', () => readiness.filter((one) => one.includes('client')).length === 2);
  child.kill('SIGINT');
  await ended;
  const left = cluster.leftObjects();
  assert.equal(left.filter((name) => name.startsWith('Job/')).length, 0);
  cluster.fixture.cluster.elapse(1e6);
  assert.deepEqual(cluster.leftObjects(), left);
});
