// The pods of a node, followed against an API whose answers the test writes.
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { createPodCopy, followPods } from '../../../src/experiment/all-day/pods-here.ts';
import { createTransport } from '../../../src/kubernetes/transport.ts';
import { eventLine, json, scriptedApi } from '../../kubernetes/scripted-api.ts';
import { until } from '../../probe/recording.ts';
import { podOf } from './known-pods.ts';

const object = (name: string, uid: string) => ({
  metadata: {
    ...{ name, namespace: 'shop', uid, resourceVersion: '9' },
    ownerReferences: [{ kind: 'StatefulSet', name: 'redis', controller: true }],
  },
});

test('pods are known from the list on, a new one as soon as the API tells, one that is gone for a while longer', async (t) => {
  const watching: ServerResponse[] = [];
  const api = await scriptedApi(t, [
    json(200, { metadata: { resourceVersion: '9' }, items: [object('redis-0', 'u-1')] }),
    (response) => {
      response.flushHeaders();
      watching.push(response);
    },
  ]);
  const said: string[] = [];
  const transport = createTransport({ from: 'url', url: api.url });
  const pods = followPods({ transport, node: 'node-1', log: (message) => said.push(message) });
  t.after(() => pods.stop());
  assert.equal(pods.isKnown, false);
  await until('the list is read', () => pods.isKnown && watching.length === 1);
  assert.deepEqual(pods.find('shop/redis-0'), {
    ...{ namespace: 'shop', name: 'redis-0', uid: 'u-1', workload: { type: 'statefulset', name: 'redis' } },
  });
  watching[0]?.write(
    eventLine('DELETED', object('redis-0', 'u-1')) + eventLine('ADDED', object('redis-1', 'u-2')),
  );
  await until('the new one is known', () => pods.find('shop/redis-1') !== undefined);
  assert.equal(pods.find('shop/redis-0')?.uid, 'u-1', 'what it lost is told later');
  watching[0]?.write(eventLine('ADDED', object('redis-0', 'u-3')));
  await until('it has come back as another', () => pods.find('shop/redis-0')?.uid === 'u-3');
  assert.deepEqual([pods.size, said], [2, []]);
});

test('an API that refuses is said once, and does not end anything', async (t) => {
  const api = await scriptedApi(t, [json(403, { kind: 'Status', code: 403, message: 'pods is forbidden' })]);
  const said: string[] = [];
  const transport = createTransport({ from: 'url', url: api.url });
  const pods = followPods({ transport, node: 'node-1', log: (message) => said.push(message) });
  await until('it is said', () => said.length > 0);
  assert.deepEqual(said, ['pods of node-1: the Kubernetes API does not tell of them: pods is forbidden']);
  assert.deepEqual([pods.isKnown, pods.find('shop/redis-0')], [false, undefined]);
  await pods.stop();
  assert.equal(api.asked.length, 1);
});

test('those that are gone are forgotten after ten minutes, and are at most as many as a node can have', () => {
  let now = 0;
  const copy = createPodCopy(() => now);
  copy.intake.reset(Array.from({ length: 3 }, (_, index) => podOf(`a-${index}`)));
  copy.intake.reset([]);
  assert.equal(copy.size, 0);
  assert.ok(copy.find('shop/a-0') !== undefined);
  now = 11 * 60_000;
  copy.intake.put(podOf('b'));
  copy.intake.remove(podOf('b'));
  assert.equal(copy.find('shop/a-0'), undefined);
  assert.ok(copy.find('shop/b') !== undefined);
  for (let index = 0; index < 5_000; index += 1) {
    copy.intake.put(podOf(`c-${index}`));
    copy.intake.remove(podOf(`c-${index}`));
  }
  assert.equal(copy.find('shop/c-0'), undefined);
  for (let index = 0; index < 2_000; index += 1) copy.intake.put(podOf(`d-${index}`));
  assert.throws(() => copy.intake.put(podOf('e')), /more than 2000 pods/);
});
