// What kube-proxy writes for a Service with endpoints, and for one without.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kubeProxyTables } from '../../../src/lab/actors/kube-proxy/tables.ts';
import { twoNodes } from '../../../src/lab/topologies/two-nodes.ts';

const chainsOf = (endpoints: readonly string[]) => {
  const tables = kubeProxyTables(twoNodes, { services: [{ ...twoNodes.service, endpoints }] });
  const of = (name: string) => tables.find((table) => table.name === name)?.chains ?? {};
  return { nat: of('nat'), filter: of('filter') };
};

test('a Service with an endpoint is translated, and nothing rejects', () => {
  const { nat, filter } = chainsOf(['server']);
  assert.equal(nat['KUBE-SERVICES']?.length, 2);
  assert.deepEqual(Object.keys(filter), ['FORWARD', 'KUBE-FORWARD']);
});

test('a Service without one is not translated, and who connects to it, and nobody else, is rejected', () => {
  const { nat, filter } = chainsOf([]);
  assert.deepEqual(nat['KUBE-SERVICES'], []);
  assert.deepEqual(filter['KUBE-SERVICES'], [
    '-d 10.48.14.50/32 -p tcp -m comment --comment "default/netdebug has no endpoints" -m tcp --dport 8080 -j REJECT',
  ]);
  assert.match(filter['FORWARD']?.at(-1) ?? '', /--ctstate NEW .* -j KUBE-SERVICES$/);
});
