// Which workload a pod is of, and the pods of one node, listed and watched.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openNodePods, readPod, type NodePod } from '../../src/kubernetes/node-pods.ts';
import { workloadOf } from '../../src/kubernetes/pod-workload.ts';
import { createTransport } from '../../src/kubernetes/transport.ts';
import type { WatchEvent } from '../../src/kubernetes/watch.ts';
import { eventLine, json, scriptedApi } from './scripted-api.ts';

const owned = (name: string, kind: string, owner: string, labels = {}) =>
  workloadOf({ name, labels, owner: { kind, name: owner } });

test('a pod is of the workload that made it, whatever came in between', () => {
  assert.deepEqual(
    owned('checkout-7d9f5c6b8-x2x9k', 'ReplicaSet', 'checkout-7d9f5c6b8', {
      'pod-template-hash': '7d9f5c6b8',
    }),
    { type: 'deployment', name: 'checkout' },
  );
  assert.deepEqual(
    owned('web-5-x', 'ReplicaSet', 'web-5', { 'rollouts-pod-template-hash': '5' }),
    { type: 'rollout', name: 'web' },
    'an Argo Rollout',
  );
  assert.deepEqual(owned('own-1', 'ReplicaSet', 'own-7d9f5c6b8'), {
    type: 'replicaset',
    name: 'own-7d9f5c6b8',
  });
  assert.deepEqual(owned('redis-0', 'StatefulSet', 'redis'), { type: 'statefulset', name: 'redis' });
  assert.deepEqual(owned('cni-abcde', 'DaemonSet', 'cni'), { type: 'daemonset', name: 'cni' });
  assert.deepEqual(owned('kube-proxy-node-1', 'Node', 'node-1'), { type: 'staticpod', name: 'kube-proxy' });
  assert.deepEqual(owned('flow-1', 'Workflow', 'flow'), { type: 'workflow', name: 'flow' });
  assert.deepEqual(workloadOf({ name: 'debug', labels: {}, owner: null }), {
    type: 'barepod',
    name: 'debug',
  });
});

test('Jobs of a CronJob are one workload, a Job with a date in its name is its own', () => {
  assert.deepEqual(owned('backup-29812345-x', 'Job', 'backup-29812345'), { type: 'cronjob', name: 'backup' });
  assert.deepEqual(owned('backup-20261129-x', 'Job', 'backup-20261129'), {
    ...{ type: 'job', name: 'backup-20261129' },
  });
  assert.deepEqual(owned('migrate-x', 'Job', 'migrate'), { type: 'job', name: 'migrate' });
});

const pod = (name: string, more: object = {}) => ({
  metadata: {
    ...{ name, namespace: 'shop', uid: `uid-of-${name}`, resourceVersion: '9' },
    labels: { 'pod-template-hash': 'h1' },
    ownerReferences: [
      { apiVersion: 'v1', kind: 'Other', name: 'beside', controller: false },
      { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'checkout-h1', controller: true },
    ],
    ...more,
  },
  spec: { nodeName: 'node-1', containers: [{ env: 'x'.repeat(1_000) }] },
});
const kept = (name: string): NodePod => ({
  ...{ namespace: 'shop', name, uid: `uid-of-${name}` },
  workload: { type: 'deployment', name: 'checkout' },
});

test('of a pod its names, its UID and its workload are kept; one without a name or a UID is none', () => {
  assert.deepEqual(readPod(pod('a')), kept('a'));
  assert.equal(readPod(pod('a', { uid: '' })), null);
  assert.equal(readPod({ metadata: { name: 'a' } }), null);
  assert.equal(readPod(null), null);
});

test('the pods of one node alone are listed and watched', async (t) => {
  const api = await scriptedApi(t, [
    json(200, { metadata: { resourceVersion: '9' }, items: [pod('a')] }),
    (response) => response.end(eventLine('ADDED', pod('b')) + eventLine('DELETED', pod('a'))),
  ]);
  const pods = openNodePods(createTransport({ from: 'url', url: api.url }), 'node-1');
  assert.deepEqual(await pods.list(undefined), { objects: [kept('a')], version: '9', next: undefined });
  const events: WatchEvent[] = [];
  await pods.watch('9', (event) => events.push(event), new AbortController().signal);
  assert.deepEqual(events, [
    { type: 'put', object: kept('b'), version: '9' },
    { type: 'remove', object: kept('a'), version: '9' },
  ]);
  for (const asked of api.asked)
    assert.equal(new URL(asked, api.url).searchParams.get('fieldSelector'), 'spec.nodeName=node-1');
});
