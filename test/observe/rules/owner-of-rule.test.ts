import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ownerOfRule } from '../../../src/observe/rules/owner-of-rule.ts';

describe('the owner of a rule', () => {
  it('is told by its chain, its table, or what its maker wrote beside it', () => {
    const cases: readonly (readonly [string, string | undefined])[] = [
      ['filter cali-tw-cali1 -m comment --comment "cali:abc" -j DROP', 'Calico'],
      ['filter FORWARD -m comment --comment "cali:S93hcgKJrXEqnTfs" -j DROP', 'Calico'],
      ['filter KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP', 'kube-proxy'],
      ['filter KUBE-FIREWALL ! -s 127.0.0.0/8 -j DROP', 'kubelet'],
      ['filter KUBE-POD-FW-ABC -j REJECT', 'kube-router'],
      ['filter KUBE-NWPLCY-ABC -j DROP', 'kube-router'],
      ['filter CILIUM_FORWARD -j DROP', 'Cilium'],
      ['mangle GCP-PREROUTING -j DROP', 'netd'],
      ['filter DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP', 'Docker'],
      ['filter DOCKER-USER -j DROP', undefined],
      ['filter ISTIO_OUTPUT -j DROP', 'Istio'],
      ['filter INPUT -j DROP', undefined],
      ['filter INPUT policy DROP', undefined],
      ['ip kube-proxy reject-chain counter reject', 'kube-proxy'],
      ['ip calico filter-cali-fw-cali1 counter drop', 'Calico'],
      ['ip filter KUBE-SERVICES counter reject', 'kube-proxy'],
      ['inet firewalld filter_INPUT counter reject', 'firewalld'],
      ['inet mine kube-proxy counter drop', undefined],
    ];
    for (const [rule, owner] of cases) assert.equal(ownerOfRule(rule), owner, rule);
  });
});
