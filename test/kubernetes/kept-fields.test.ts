// Of a Node and an EndpointSlice little is kept, and what is none of its kind is refused by the field that is wrong.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readNode, readSlice } from '../../src/kubernetes/kept-fields.ts';
import { keptNode, node } from './scripted-api.ts';

test('a node keeps its zone, its taints and whether it is ready, and being read again changes nothing', () => {
  const kept = readNode({
    ...node('n', 'x'.repeat(20_000)),
    status: { ...node('n').status, images: [1, 2] },
  });
  assert.deepEqual(kept, keptNode('n'));
  assert.deepEqual(readNode(kept), kept);
  assert.deepEqual(readNode({ metadata: { name: 'bare' }, spec: null }), {
    metadata: { name: 'bare', labels: {}, deletionTimestamp: null },
    spec: { unschedulable: false, taints: [] },
    status: { conditions: [] },
  });
});

test('a slice keeps one address of each endpoint, and being read again changes nothing', () => {
  const kept = readSlice({
    metadata: { name: 's', labels: {} },
    addressType: 'IPv4',
    ports: [{ name: 'probes', port: 8_080 }, {}],
    endpoints: [
      { addresses: ['10.0.0.1', '10.0.0.2'], nodeName: 'n', conditions: { ready: true, serving: true } },
      { addresses: [] },
    ],
  });
  assert.deepEqual(kept, {
    metadata: { name: 's' },
    ports: [{ port: 8_080 }, { port: null }],
    endpoints: [
      { addresses: ['10.0.0.1'], nodeName: 'n', conditions: { ready: true, terminating: null } },
      { addresses: [], nodeName: null, conditions: { ready: null, terminating: null } },
    ],
  });
  assert.deepEqual(readSlice(kept), kept);
});

const wrong: [what: string, read: (object: unknown) => unknown, object: unknown, message: RegExp][] = [
  ['null', readNode, null, /a Node is not an object but null/],
  ['a node without a name', readNode, { metadata: {} }, /metadata\.name is not text but missing/],
  [
    'a node whose taints are none',
    readNode,
    { metadata: { name: 'n' }, spec: { taints: {} } },
    /spec\.taints is not a list but \{\}/,
  ],
  [
    'a node that is unschedulable in words',
    readNode,
    { metadata: { name: 'n' }, spec: { unschedulable: 'true' } },
    /spec\.unschedulable is not true or false but "true"/,
  ],
  [
    'a slice whose endpoints have no addresses',
    readSlice,
    { metadata: { name: 's' }, endpoints: [{}] },
    /the addresses of an endpoint is not a list but missing/,
  ],
  [
    'a slice with a named port',
    readSlice,
    { metadata: { name: 's' }, ports: [{ port: 'x' }] },
    /a port is not a/,
  ],
];
for (const [what, read, object, message] of wrong) {
  test(`${what} is refused by name`, () => {
    assert.throws(() => read(object), { name: 'TypeError', message });
  });
}
