import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { recogniseDataplane, type NodeTraces } from '../../src/observe/recognise-dataplane.ts';
import { dataplaneWords, hiddenTracking } from '../../src/model/dataplane-words.ts';
import { netdRules } from '../../src/lab/actors/netd/tables.ts';
import { parseRules } from '../../src/system/tools/ip.ts';

const bare: NodeTraces = {
  chains: new Set(['INPUT', 'FORWARD', 'OUTPUT', 'KUBE-FIREWALL', 'KUBE-KUBELET-CANARY']),
  nftTables: ['ip filter', 'ip nat'],
  rules: [
    { preference: 0, table: 'local' },
    { preference: 32_766, table: 'main' },
  ],
  links: ['lo', 'eth0'],
  programs: [],
  pinned: [],
  agents: [],
};
const bareWords = 'no rules of kube-proxy, netd, Calico or Cilium';
const withChains = (...names: string[]) => new Set([...(bare.chains ?? []), ...names]);

describe('the dataplane of a node', () => {
  it('is told by the rules that stand there, whoever the API knows of', () => {
    const cases: readonly (readonly [Partial<NodeTraces>, string])[] = [
      [{}, bareWords],
      [{ chains: withChains('KUBE-SERVICES', 'KUBE-FORWARD') }, 'kube-proxy in mode iptables'],
      [{ nftTables: ['ip filter', 'ip kube-proxy', 'ip6 kube-proxy'] }, 'kube-proxy in mode nftables'],
      [
        { chains: withChains('KUBE-FORWARD', 'KUBE-IPVS-FILTER'), links: ['lo', 'kube-ipvs0'] },
        'kube-proxy in mode ipvs',
      ],
      [
        { chains: withChains('KUBE-SERVICES'), nftTables: ['ip kube-proxy'] },
        'kube-proxy in mode nftables+iptables',
      ],
      [{ rules: [...(bare.rules ?? []), ...netdRules] }, "netd's policy routing"],
      [{ chains: withChains('GCP-PREROUTING') }, "netd's policy routing"],
      [{ chains: withChains('cali-FORWARD', 'KUBE-FORWARD') }, 'kube-proxy in mode iptables, Calico'],
      [{ links: ['lo', 'cilium_host', 'lxc12'] }, 'Cilium'],
      [{ nftTables: ['ip calico'] }, 'Calico'],
      [{ programs: ['bpf_lxc.o:[from-container]'], links: ['lxc12', 'cilium_net'] }, 'Cilium in eBPF'],
      [
        { programs: ['cil_from_netdev', 'count_packets'] },
        'Cilium in eBPF, programs in eBPF (count_packets)',
      ],
      [{ programs: null, pinned: ['cilium_ct4_global'] }, 'Cilium in eBPF'],
      [{ programs: ['calico_tc_main'], links: ['cali12'] }, 'Calico in eBPF'],
      [{ agents: [{ name: 'cilium-agent', pod: 'kube-system/cilium-x7' }] }, 'Cilium in eBPF'],
      [
        { programs: ['cil_from_contai'], agents: [{ name: 'cilium-agent', pod: 'kube-system/anetd-x7' }] },
        'GKE Dataplane V2 in eBPF',
      ],
      [{ agents: [{ name: 'kube-proxy', pod: 'kube-system/anetd-x7' }] }, bareWords],
    ];
    for (const [traces, words] of cases)
      assert.equal(dataplaneWords(recogniseDataplane({ ...bare, ...traces })), words);
  });

  it("has netd's rule as ip prints it", () => {
    const json =
      '[{"priority":0,"src":"all","table":"local"},{"priority":30003,"not":null,"src":"all","iif":"eth0","table":"1"}]';
    assert.equal(recogniseDataplane({ ...bare, rules: parseRules(json) }).netd, true);
  });

  it('in eBPF tracks connections where conntrack does not look, and others do not', () => {
    const hidden = (traces: Partial<NodeTraces>) =>
      hiddenTracking(recogniseDataplane({ ...bare, ...traces }));
    assert.equal(hidden({}), null);
    assert.equal(hidden({ chains: withChains('cali-FORWARD'), programs: ['count_packets'] }), null);
    assert.match(hidden({ links: ['cilium_host'], programs: null }) ?? '', / of Cilium cannot be looked at/);
    assert.match(hidden({ programs: ['cali_tc_preambl'] }) ?? '', / of Calico cannot be looked at/);
  });

  it('is unknown where nothing could be read, and not absent', () => {
    const blind = { chains: null, nftTables: null, rules: null, links: null, programs: null, pinned: null };
    assert.deepEqual(recogniseDataplane({ ...blind, agents: [] }), {
      kubeProxyMode: null,
      netd: null,
      calico: null,
      cilium: null,
      ebpf: null,
    });
    assert.equal(recogniseDataplane({ ...bare, chains: null }).calico, null);
    assert.equal(recogniseDataplane({ ...bare, chains: null, links: ['cali1'] }).calico, true);
  });
});
