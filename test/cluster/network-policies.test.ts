// NetworkPolicies are judged by whether the experiment's own traffic passes.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { findObstacles, readPolicies } from '../../src/cluster/network-policies.ts';

const overlay = resolve(import.meta.dirname, '../../manifests/overlays/network-policy');
const policy = (name: string, spec: object) => ({ metadata: { name }, spec });
const judge = (...items: readonly object[]) =>
  findObstacles(readPolicies({ items })).map(
    (one) => `${one.passage}: ${one.what} by ${one.policies.join(', ')}`,
  );

const denyAll = policy('deny-all', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
const dns = { ports: [{ port: 53, protocol: 'UDP' }] };

test('without a policy, or with those of others, all passes', () => {
  assert.deepEqual(judge(), []);
  assert.deepEqual(judge(policy('web', { podSelector: { matchLabels: { app: 'web' } } })), []);
});

test('a default deny stops everything', () => {
  assert.deepEqual(
    judge(denyAll),
    ['co-located-client', 'remote-client'].flatMap((client) => [
      `no: connections of the ${client} to the server's port 8080 (ingress) by deny-all`,
      `no: connections of the ${client} to the server's port 8080 (egress) by deny-all`,
      `no: the ${client}'s questions to the name server (egress) by deny-all`,
    ]),
  );
});

test('a policy without types denies ingress, and egress only when it has rules for it', () => {
  const all = judge(policy('plain', { podSelector: {} }));
  assert.deepEqual([all.length, all.every((one) => one.includes('(ingress)'))], [2, true]);
});

test('the policies of our own overlay allow it beside a default deny', async () => {
  const read = async (file: string) => parse(await readFile(join(overlay, file), 'utf8')) as object;
  assert.deepEqual(judge(denyAll, await read('server-policy.yaml'), await read('client-policy.yaml')), []);
});

test('names that may not be asked for are told from a server that may not be reached', () => {
  const toServer = policy('to-server', {
    podSelector: { matchLabels: { app: 'netdebug' } },
    policyTypes: ['Egress'],
    egress: [{ to: [{ podSelector: {} }], ports: [{ port: 8_000, endPort: 9_000 }] }],
  });
  assert.deepEqual(judge(toServer), [
    "no: the co-located-client's questions to the name server (egress) by to-server",
    "no: the remote-client's questions to the name server (egress) by to-server",
  ]);
});

test('what depends on addresses or namespaces that are named is doubtful', () => {
  const kubeSystem = { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } };
  const some = policy('some', {
    podSelector: {},
    policyTypes: ['Egress'],
    egress: [
      { to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] },
      { ...dns, to: [{ namespaceSelector: kubeSystem }] },
    ],
  });
  const all = judge(some);
  assert.deepEqual([all.length, all.every((one) => one.startsWith('perhaps: '))], [4, true]);
});

test('a named port counts by its name, and another protocol not at all', () => {
  const from = (port: object) =>
    judge(policy('in', { podSelector: {}, policyTypes: ['Ingress'], ingress: [{ ports: [port] }] })).length;
  assert.deepEqual(
    [from({ port: 'probe' }), from({ port: 'http' }), from({ port: 8_080, protocol: 'UDP' })],
    [0, 2, 2],
  );
});
