// The lab with kube-proxy in mode nftables: Services are translated, and what ends connections there is found as in mode iptables.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { labRun, labSkip } from './netdebug.ts';

describe('with kube-proxy in mode nftables', { skip: await labSkip(), concurrency: 1 }, () => {
  it('the bug of GKE is found, and the mode is told', async (t) => {
    const { record, exitCode, stderr } = await labRun(t, '--dataplane', 'nftables');
    assert.equal(exitCode, 0, stderr);
    assert.equal(record.findings[0]?.cause, 'route-table-conflict');
    assert.equal(record.dataplane, 'nftables');
    assert.deepEqual(
      Object.values(record.dataplanes ?? {}).map(({ kubeProxyMode }) => kubeProxyMode),
      ['nftables', 'nftables'],
    );
  });

  it('who connects to a Service without endpoints is refused by a rule, which counts nothing: a policy stays possible', async (t) => {
    const words = ['service-without-endpoints', '--dataplane', 'nftables', '--family', 'ipv6'];
    const { record, exitCode, stderr } = await labRun(t, ...words);
    assert.equal(exitCode, 0, stderr);
    const [finding] = record.findings;
    assert.equal(finding?.author, 'node-rule');
    const named = [finding.cause, ...finding.rivals.map(({ cause }) => cause)];
    assert.ok(named.includes('service-without-endpoints'), JSON.stringify(named));
  });
});
