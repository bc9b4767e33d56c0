import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dataplaneLines } from '../../src/report/dataplane-lines.ts';

test('nodes that are alike are named together, in their order', () => {
  const seen = {
    kubeProxyMode: 'iptables',
    netd: true,
    calico: true,
    cilium: false,
    seenBy: 'observer',
  } as const;
  const other = { ...seen, kubeProxyMode: 'nftables', netd: false } as const;
  assert.deepEqual(dataplaneLines({ dataplanes: { 'node-2': seen, 'node-3': other, 'node-1': seen } }), [
    "node-1, node-2: kube-proxy in mode iptables, netd's policy routing, Calico",
    'node-3: kube-proxy in mode nftables, Calico',
  ]);
  assert.deepEqual(dataplaneLines({}), []);
});
