import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { AddressName } from '../../../src/kubernetes/cluster-names.ts';
import { createTold } from '../../../src/observe/names/told-names.ts';

const pod = (name: string, address: string): AddressName => ({ kind: 'pod', name, address });

it("a name is told once, and again when the address is somebody else's", () => {
  const told = createTold();
  const [a, b] = [pod('shop/a', '10.44.0.10'), pod('shop/b', '10.44.0.10')];
  assert.deepEqual(told.news([a]), [a]);
  assert.deepEqual(told.news([a]), []);
  assert.deepEqual(told.news([]), []);
  assert.deepEqual(told.news([b]), [b]);
  assert.equal(told.size, 1);
});

it("an address that several claim is nobody's; one that is told twice is not claimed by two", () => {
  const told = createTold();
  const a = pod('shop/a', '10.44.0.10');
  assert.deepEqual(told.news([a, pod('shop/b', '10.44.0.10')]), []);
  assert.deepEqual(told.news([a, { ...a }]), [a]);
});
