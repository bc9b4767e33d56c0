import assert from 'node:assert/strict';
import { it } from 'node:test';
import { mergeTables } from '../../../src/lab/actors/merge-tables.ts';
import { restoreText } from '../../../src/system/tools/iptables.ts';

it('a ruleset is written as iptables-restore reads it: built-in chains with a policy, own chains without', () => {
  const text = restoreText([
    { name: 'filter', chains: { FORWARD: ['-j cali-FORWARD'], 'cali-FORWARD': ['-i cali+ -j DROP'] } },
  ]);
  assert.equal(
    text,
    '*filter\n:FORWARD ACCEPT [0:0]\n:cali-FORWARD - [0:0]\n-A FORWARD -j cali-FORWARD\n-A cali-FORWARD -i cali+ -j DROP\nCOMMIT\n',
  );
});

it("rules of several agents in one chain stand in the agents' order", () => {
  const merged = mergeTables(
    [{ name: 'filter', chains: { FORWARD: ['-j cali-FORWARD'] } }],
    [{ name: 'filter', chains: { FORWARD: ['-j KUBE-FORWARD'], 'KUBE-FORWARD': [] } }],
    [{ name: 'mangle', chains: { PREROUTING: ['-j GCP-PREROUTING'] } }],
  );
  assert.deepEqual(merged, [
    { name: 'filter', chains: { FORWARD: ['-j cali-FORWARD', '-j KUBE-FORWARD'], 'KUBE-FORWARD': [] } },
    { name: 'mangle', chains: { PREROUTING: ['-j GCP-PREROUTING'] } },
  ]);
});
