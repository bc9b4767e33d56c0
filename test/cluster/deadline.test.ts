// What a run made goes away after its command died, by a Job that owns it; while the command lives that is put off.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { createDeadlines, graceMs } from '../../src/cluster/deadline.ts';
import { removeLeftBehind } from '../../src/cluster/left-behind.ts';
import { findKubectl } from '../../src/system/tools/kubectl.ts';
import { kubectlSkip, underTest, until, type ClusterUnderTest } from './against-fixture.ts';

const graceSeconds = graceMs / 1_000;

function deadlinesOf(cluster: ClusterUnderTest, notes: string[] = []) {
  const kubectl = findKubectl({ kubeconfig: cluster.kubeconfig, namespace: 'default' });
  const keptAs = (name: string) => join(cluster.home, name);
  const onNote = (sentence: string) => void notes.push(sentence);
  return createDeadlines(kubectl, { runId: 'abc123', image: 'x', keptAs, onNote }, 50);
}

test(
  'a deadline that is renewed outlives its time, and one that is not takes what it owns along',
  { skip: kubectlSkip },
  async (t) => {
    const cluster = await underTest(t);
    const { store } = cluster.fixture.cluster;
    const deadlines = deadlinesOf(cluster);
    const owner = await deadlines.ownerIn();
    assert.equal(owner?.kind, 'Job');
    const service = { apiVersion: 'v1', kind: 'Service' };
    const services = { group: '', version: 'v1', name: 'services', kind: 'Service', namespaced: true };
    const put = (name: string, uid: string) =>
      store.put(services, {
        ...service,
        metadata: { name, namespace: 'default', ownerReferences: [{ uid }] },
      });
    put('owned', owner.uid);

    const patches = () => cluster.fixture.requests.filter((one) => /^PATCH .*jobs/.test(one)).length;
    const before = patches();
    await until('two renewals', () => patches() >= before + 2);
    const job = store.all().find(([, one]) => one.kind === 'Job')?.[1];
    const { ttlSecondsAfterFinished: ttl } = job?.['spec'] as { ttlSecondsAfterFinished: number };
    assert.ok(ttl > graceSeconds, `${ttl} s, where an unrenewed one has ${graceSeconds}`);
    await deadlines.stop();
    const after = patches();

    cluster.fixture.cluster.elapse(ttl - 1);
    assert.deepEqual(cluster.leftObjects(), ['Job/netdebug-deadline-abc123', 'Service/owned']);
    cluster.fixture.cluster.elapse(1);
    assert.deepEqual(cluster.leftObjects(), []);
    assert.equal(patches(), after);
  },
);

test('a job that may not be made is said, and nothing is owned', { skip: kubectlSkip }, async (t) => {
  const fault = {
    method: 'PATCH',
    path: /jobs/,
    status: 403,
    times: 9,
    message: 'jobs.batch is forbidden',
  } as const;
  const cluster = await underTest(t, { requestFaults: [fault] });
  const notes: string[] = [];
  const deadlines = deadlinesOf(cluster, notes);
  assert.equal(await deadlines.ownerIn(), null);
  await deadlines.stop();
  assert.match(
    notes.join('\n'),
    /^No deadline could be set: after a kill .*"bin\/netdebug cluster cleanup --run abc123/,
  );
});

test('a job that somebody removed is not made again', { skip: kubectlSkip }, async (t) => {
  const cluster = await underTest(t);
  const notes: string[] = [];
  const deadlines = deadlinesOf(cluster, notes);
  await deadlines.ownerIn();
  cluster.fixture.cluster.elapse(graceSeconds * 10);
  await until('it is said', () => notes.length > 0);
  await deadlines.stop();
  assert.match(notes.join('\n'), /^Job netdebug-deadline-abc123 is gone/);
  assert.deepEqual(cluster.leftObjects(), []);
});

test('a job that may not be removed keeps nothing waiting', { skip: kubectlSkip }, async (t) => {
  const fault = {
    method: 'DELETE',
    path: /jobs/,
    status: 403,
    times: 99,
    message: 'jobs.batch is forbidden',
  } as const;
  const cluster = await underTest(t, { requestFaults: [fault] });
  const deadlines = deadlinesOf(cluster);
  await deadlines.ownerIn();
  await deadlines.stop();
  const kubectl = findKubectl({ kubeconfig: cluster.kubeconfig, namespace: 'default' });
  await removeLeftBehind(kubectl, { selector: 'netdebug-run=abc123', namespaces: false });
  assert.deepEqual(cluster.leftObjects(), ['Job/netdebug-deadline-abc123']);
  cluster.fixture.cluster.elapse(graceSeconds * 2);
  assert.deepEqual(cluster.leftObjects(), []);
});
