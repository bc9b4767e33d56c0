// The parts of netfilter work in a fresh namespace here; and where one does not, the module that has it is named.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainFailure, tryNetfilter } from '../../../src/lab/world/netfilter.ts';

test('every part that the lab uses works in a fresh namespace', async () => {
  const tries = await tryNetfilter(process.getuid?.() === 0);
  assert.deepEqual(
    tries.filter(({ failure }) => failure !== null),
    [],
  );
  assert.ok(tries.some(({ name }) => name === 'DNAT'));
});

test('an extension that the kernel has not: its own module is named, with the first line that iptables printed', () => {
  const printed =
    'Warning: Extension ipvs revision 0 not supported, missing kernel module?\n' +
    'iptables v1.8.9 (nf_tables):  RULE_APPEND failed (No such file or directory): rule in chain FORWARD\n';
  assert.equal(
    explainFailure(printed, 'xt_ipvs'),
    'Warning: Extension ipvs revision 0 not supported, missing kernel module?; the kernel module xt_ipvs is probably ' +
      'missing: sudo modprobe xt_ipvs, on the host if this is a container',
  );
});

test('a failure before the extension names what is missing below it', () => {
  const legacy =
    "iptables v1.8.9 (legacy): can't initialize iptables table `nat': Table does not exist (do you need to insmod?)\n";
  assert.match(explainFailure(legacy, 'xt_nat'), /sudo modprobe iptable_nat,/);
  const noTables = 'iptables: Failed to initialize nft: Protocol not supported\n';
  assert.match(explainFailure(noTables, 'xt_conntrack'), /sudo modprobe nf_tables,/);
});
