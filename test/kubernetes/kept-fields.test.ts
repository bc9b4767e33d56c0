// Of a Node and an EndpointSlice little is kept, and what is none of its kind is refused by the field that is wrong.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readNode, readSlice } from '../../src/kubernetes/kept-fields.ts';
import { keptNode, node } from './scripted-api.ts';

test('a node keeps its zone, the taints that say that it goes, and whether it is ready, and being read again changes nothing', () => {
  const kept = readNode({
    ...node('n', 'x'.repeat(20_000)),
    status: { ...node('n').status, images: [1, 2] },
  });
  assert.deepEqual(kept, keptNode('n'));
  assert.deepEqual(readNode(kept), kept);
  const going = {
    metadata: { name: 'going', deletionTimestamp: '2026-01-01T00:00:00Z' },
    spec: { taints: [{ key: 'karpenter.sh/disrupted' }, { key: 'x' }, { key: 'karpenter.sh/disrupted' }] },
    status: { conditions: [{ type: 'Ready', status: 'Unknown' }] },
  };
  assert.deepEqual(readNode(going), {
    metadata: { ...going.metadata, labels: {} },
    spec: { unschedulable: false, taints: [{ key: 'karpenter.sh/disrupted' }] },
    status: { conditions: [{ type: 'Ready', status: 'False' }] },
  });
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
    ports: [{ port: 8_080 }],
    endpoints: [{ addresses: ['10.0.0.1'], nodeName: 'n', conditions: { ready: true, terminating: null } }],
  });
  assert.deepEqual(readSlice(kept), kept);
});

const megabyte = 'z'.repeat(1_000_000);
const named = (name: string, more: object = {}) => ({ metadata: { name, ...more } });
const endpoint = (address: string, nodeName = 'n') => ({ addresses: [address], nodeName });

/** What of it an agent's plan may hold, as JSON of no length to speak of, and what is said. */
const unusable: [
  what: string,
  read: typeof readNode | typeof readSlice,
  object: object,
  kept: RegExp,
  said: string[],
][] = [
  ...[megabyte, 'Upper', '', '__proto__', 'a\u001b[2J', 'a\n', '-a'].map(
    (name): (typeof unusable)[number] => [
      `a node called ${JSON.stringify(name.slice(0, 9))}`,
      readNode,
      named(name),
      /^null$/,
      ['a node with a name that no node can have'],
    ],
  ),
  ...[megabyte, 'zone ä', '__proto__', '\u001b[2J', 'a\n', 'a'.repeat(64)].map(
    (zone): (typeof unusable)[number] => [
      `a zone called ${JSON.stringify(zone.slice(0, 9))}`,
      readNode,
      named('n', { labels: { 'topology.kubernetes.io/zone': zone } }),
      /"labels":\{\}/,
      ['a zone with a name that no zone can have'],
    ],
  ),
  [
    'a node with a megabyte in each other field',
    readNode,
    {
      ...named('n', { deletionTimestamp: megabyte }),
      spec: { taints: [{ key: megabyte }] },
      status: { conditions: [{ type: 'Ready', status: megabyte }] },
    },
    /"deletionTimestamp":"".*"taints":\[\].*"status":"False"/,
    [],
  ],
  [
    'a slice with ports beyond all numbers',
    readSlice,
    { ...named('s'), ports: [{ port: 1e308 }, { port: -1 }, { port: 0.5 }, { port: 0 }, { port: 9 }] },
    /"ports":\[\{"port":9\}\]/,
    Array.from({ length: 4 }, () => 'a port that is none'),
  ],
  [
    'a slice with addresses that are none',
    readSlice,
    {
      ...named('s'),
      endpoints: ['server.example', megabyte, '', 'fe80::1%eth0', '10.0.0.256', '::1'].map((one) =>
        endpoint(one),
      ),
    },
    /"endpoints":\[\{"addresses":\["::1"\][^[]*$/,
    Array.from({ length: 5 }, () => 'an endpoint with an address that is none'),
  ],
  [
    'a slice of nodes that are none',
    readSlice,
    { ...named('s'), endpoints: [endpoint('10.0.0.1', megabyte), endpoint('10.0.0.2')] },
    /"endpoints":\[\{"addresses":\["10.0.0.2"\][^[]*$/,
    ['an endpoint on a node with a name that no node can have'],
  ],
  [
    'a slice of more endpoints than one can have',
    readSlice,
    { ...named('s'), endpoints: Array.from({ length: 50_000 }, () => endpoint('10.0.0.1', 'N')) },
    /"endpoints":\[\]/,
    [
      'what is beyond 1000 endpoints in one EndpointSlice',
      ...Array.from({ length: 1_000 }, () => 'an endpoint on a node with a name that no node can have'),
    ],
  ],
  [
    'a slice with a name that none has',
    readSlice,
    named(megabyte),
    /^null$/,
    ['an EndpointSlice with a name that none can have'],
  ],
];
for (const [what, read, object, kept, expected] of unusable) {
  test(`${what} is left out of what is kept, and that is said`, () => {
    const said: string[] = [];
    const left = JSON.stringify(read(object, (one) => said.push(one)));
    assert.match(left, kept);
    assert.ok(left.length < 1_000);
    assert.deepEqual(said, expected);
  });
}

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
