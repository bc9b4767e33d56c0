import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nftablesKernelWarnings, nodeKernels } from '../../src/cluster/nftables-kernel.ts';

const kernels = (...versions: string[]) =>
  nodeKernels({
    items: versions.map((kernelVersion, index) => ({
      metadata: { name: `node-${index + 1}` },
      status: { nodeInfo: { kernelVersion } },
    })),
  });

test("nodes' kernels are read, and those that do not say are left out", () => {
  assert.deepEqual(kernels('6.1.0-13-amd64', ''), [{ node: 'node-1', kernel: '6.1.0-13-amd64' }]);
  assert.deepEqual(nodeKernels({ items: [{ metadata: { name: 'a' } }] }), []);
  assert.deepEqual(nodeKernels(null), []);
});

test('kube-proxy in mode nftables on kernels before 6.1 is warned of, with the nodes', () => {
  const all = kernels('5.10.0-26-cloud-amd64', '5.15.0-1051-gke', '6.1.58+', '6.18.44', '5.4.0');
  const [tooOld, atRisk, ...others] = nftablesKernelWarnings('nftables', all);
  assert.match(
    tooOld ?? '',
    /needs kernel 5\.13 .*: node-1 \(5\.10\.0-26-cloud-amd64\), node-5 \(5\.4\.0\)\.$/,
  );
  assert.match(
    atRisk ?? '',
    /may be reset \(netdebug explain conntrack-invalid\) on node-2 \(5\.15\.0-1051-gke\);/,
  );
  assert.deepEqual(others, []);
});

test('no other mode and no newer kernel is warned of', () => {
  for (const mode of ['iptables', 'ipvs', null])
    assert.deepEqual(nftablesKernelWarnings(mode, kernels('5.4.0', '5.15.0')), []);
  assert.deepEqual(nftablesKernelWarnings('nftables', kernels('6.1.0', '6.12.3', '10.2.1', 'custom')), []);
});
