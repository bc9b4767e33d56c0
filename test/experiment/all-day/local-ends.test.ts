// Which ends of a loss are this node's.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { localEnds } from '../../../src/experiment/all-day/local-ends.ts';
import { endOf, podOf, podsHere, program } from './known-pods.ts';

const here = podsHere([podOf('checkout-1', 'checkout'), podOf('redis-0', 'redis', 'statefulset')]);
const words = (...args: Parameters<typeof localEnds>) =>
  localEnds(...args).map(
    ({ end, pod, namespace, workload: { type, name } }) =>
      `${end} ${namespace}/${name} ${type} ${pod === null ? '-' : pod.uid}`,
  );

test('both ends of a connection within the node, one of one that leaves it', () => {
  const client = endOf('shop/checkout-1');
  assert.deepEqual(
    words({ client, server: endOf(null), backend: endOf('shop/redis-0') }, here),
    ['client shop/checkout deployment uid-of-checkout-1', 'server shop/redis statefulset uid-of-redis-0'],
    'the server is where the Service led',
  );
  assert.deepEqual(words({ client, server: endOf('shop/elsewhere'), backend: null }, here), [
    'client shop/checkout deployment uid-of-checkout-1',
  ]);
});

test('a program of the node itself is no pod’s; a container that nobody names is nobody’s', () => {
  const server = endOf('shop/elsewhere');
  assert.deepEqual(words({ client: endOf(null, program('kubelet')), server, backend: null }, here), [
    'client none/kubelet node -',
  ]);
  assert.deepEqual(words({ client: endOf(null, program('java', 'c0ffee')), server, backend: null }, here), [
    'client unknown/unknown unknown -',
  ]);
});

test('what has no end here is told once', () => {
  assert.deepEqual(words({ client: null, server: endOf('shop/elsewhere'), backend: null }, here), [
    'neither none/none none -',
  ]);
});

test('before the API has told of pods, the node’s own names are believed; after that a pod must be here or its socket', () => {
  const ends = { client: endOf('shop/new-1'), server: endOf(null), backend: null };
  assert.deepEqual(words(ends, podsHere([], false)), ['client shop/unknown unknown -']);
  assert.deepEqual(words(ends, here), ['neither none/none none -']);
  const socket = { ...ends, client: endOf('shop/new-1', program('java', 'c0ffee')) };
  assert.deepEqual(words(socket, here), ['client shop/unknown unknown -']);
});
