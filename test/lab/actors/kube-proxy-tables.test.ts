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
  assert.equal(nat['KUBE-SERVICES']?.length, 3);
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

test('a port of the nodes leads to the same endpoints, for whoever comes to an address of the node, and hides where it came from', () => {
  const { nat } = chainsOf(['server']);
  assert.equal(nat['KUBE-SERVICES']?.at(-1), '-m addrtype --dst-type LOCAL -j KUBE-NODEPORTS');
  assert.deepEqual(
    nat['KUBE-NODEPORTS']?.map((rule) => rule.replace(/^-p tcp .* --dport 30080 /, '')),
    ['-j KUBE-MARK-MASQ', '-j KUBE-SVC-NETDEBUG'],
  );
});

test('without an endpoint the port is refused where it comes in', () => {
  const { nat, filter } = chainsOf([]);
  assert.equal(nat['KUBE-NODEPORTS'], undefined);
  assert.match(filter['INPUT']?.[0] ?? '', /--ctstate NEW .* -j KUBE-EXTERNAL-SERVICES$/);
  assert.match(filter['KUBE-EXTERNAL-SERVICES']?.[0] ?? '', /--dst-type LOCAL .* --dport 30080 -j REJECT$/);
});
