// Pods and nodes as kubectl prints them are read, and the rollout and the placement judged.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readNodes } from '../../src/cluster/node-view.ts';
import { assessPlacement } from '../../src/cluster/placement.ts';
import { readPods } from '../../src/cluster/pod-view.ts';
import { assessRollout } from '../../src/cluster/rollout.ts';
import { nodesRow } from '../../src/cluster/preflight.ts';

const pod = (component: string, nodeName: string, status: object) => ({
  metadata: { name: `${component}-1`, uid: component, labels: { component } },
  spec: { nodeName },
  status,
});
const running = {
  phase: 'Running',
  conditions: [{ type: 'Ready', status: 'True' }],
  containerStatuses: [{ restartCount: 0 }],
};
const on = (server: string, coLocated: string, remote: string) =>
  readPods({
    items: [
      pod('server', server, running),
      pod('co-located-client', coLocated, running),
      pod('remote-client', remote, running),
    ],
  });
const wanted = ['server', 'co-located-client', 'remote-client'].map((component) => ({ component, count: 1 }));

test('three ready pods in the right places are a rollout', () => {
  const pods = on('a', 'a', 'b');
  assert.deepEqual(assessRollout({ wanted, image: 'netdebug' }, pods, null), { state: 'ready' });
  assert.deepEqual(assessPlacement(pods), { fits: true, serverNode: 'a', remoteNode: 'b' });
});

test('pods on the wrong nodes are named', () => {
  assert.deepEqual(assessPlacement(on('a', 'a', 'a')), {
    fits: false,
    sentence: 'all pods are on one node, a',
  });
  assert.deepEqual(assessPlacement(on('a', 'b', 'b')), {
    fits: false,
    sentence: 'the co-located client is on b, the server on a',
  });
});

test('a restarted container says how its last process ended', () => {
  const status = {
    ...running,
    containerStatuses: [
      { restartCount: 2, lastState: { terminated: { reason: 'OOMKilled', exitCode: 137 } } },
    ],
  };
  const [read] = readPods({ items: [pod('server', 'a', status)] });
  assert.deepEqual([read?.restarts, read?.lastExit], [2, 'OOMKilled, exit code 137']);
});

test('a first failed pull is waited for, a back-off is hopeless', () => {
  const waiting = (reason: string) =>
    readPods({ items: [pod('server', 'a', { containerStatuses: [{ state: { waiting: { reason } } }] })] });
  assert.equal(assessRollout({ wanted, image: 'x' }, waiting('ErrImagePull'), null).state, 'waiting');
  assert.equal(assessRollout({ wanted, image: 'x' }, waiting('ImagePullBackOff'), null).state, 'hopeless');
});

test('a pod that waits for the gate alone is held, and one that waits for anything else will never start', () => {
  const reason = 'CreateContainerConfigError';
  const state = (name: string) => ({ waiting: { reason, message: `configmap "${name}" not found` } });
  const judge = (name: string, untilHeld: boolean) => {
    const pods = readPods({
      items: [pod('remote-client', 'b', { containerStatuses: [{ state: state(name) }] })],
    });
    const one = [{ component: 'remote-client', count: 1 }];
    return assessRollout({ wanted: one, image: 'x', gate: 'netdebug-start-abc', untilHeld }, pods, null)
      .state;
  };
  assert.equal(judge('netdebug-start-abc', true), 'ready');
  assert.equal(judge('netdebug-start-abc', false), 'waiting');
  assert.equal(judge('another', true), 'hopeless');
  const slow = {
    waiting: { reason, message: 'failed to sync configmap cache: timed out waiting for the condition' },
  };
  const [late] = readPods({ items: [pod('server', 'a', { containerStatuses: [{ state: slow }] })] });
  assert.equal(
    assessRollout({ wanted, image: 'x' }, late === undefined ? [] : [late], null).state,
    'waiting',
  );
});

test('cordoned, tainted, unready and foreign nodes do not take pods', () => {
  const ready = { conditions: [{ type: 'Ready', status: 'True' }] };
  const node = (name: string, spec: object, status: object = ready, os = 'linux') => ({
    metadata: { name, labels: { 'kubernetes.io/os': os } },
    spec,
    status,
  });
  const nodes = readNodes({
    items: [
      node('good', {}),
      node('cordoned', { unschedulable: true }),
      node('tainted', { taints: [{ key: 'x', effect: 'NoSchedule' }] }),
      node('preferred', { taints: [{ key: 'x', effect: 'PreferNoSchedule' }] }),
      node('unready', {}, { conditions: [{ type: 'Ready', status: 'Unknown' }] }),
      node('windows', {}, ready, 'windows'),
    ],
  });
  assert.deepEqual(
    nodes.filter((one) => one.schedulable).map((one) => one.name),
    ['good', 'preferred'],
  );
  assert.equal(nodesRow(nodes).state, 'ok');
  assert.equal(nodesRow(nodes.slice(0, 3)).state, 'missing');
  assert.equal(nodesRow(null).state, 'warning');
});
