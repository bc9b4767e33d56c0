// What GKE's netd programs on a node for intranode visibility.
// Source: GoogleCloudPlatform/netd v0.2.12, pkg/config/config_policy_routing.go.
import type { Change, IptablesTable, PolicyRule } from '../../../model/plan.ts';
import type { Node, Topology } from '../../../model/topology.ts';
import { sysctl } from '../../world/wires.ts';
import { masqueradeMark } from '../kube-proxy/tables.ts';

/** The routing table whose only route leads out of the node. Felix, with its default range, believes it to be its own. */
const netdTable = '1';

/** In netd's order. The third one sends everything that did not come in on eth0 out of the node. */
export const netdRules: readonly PolicyRule[] = [
  { preference: 30_001, fwmark: masqueradeMark, table: 'main' },
  { preference: 30_002, iif: 'lo', table: 'main' },
  { preference: 30_003, not: true, iif: 'eth0', table: netdTable },
];

export function netdChanges(topology: Topology, node: Node): Change[] {
  const netns = node.name;
  return [
    sysctl(netns, 'net.ipv4.conf.eth0.rp_filter', '2'),
    sysctl(netns, 'net.ipv4.conf.all.src_valid_mark', '1'),
    { do: 'add-route', netns, to: 'default', via: topology.gateway, dev: 'eth0', table: netdTable },
    ...netdRules.map((rule): Change => ({ do: 'add-rule', netns, rule })),
  ];
}

export const netdTables: readonly IptablesTable[] = [
  {
    name: 'mangle',
    chains: {
      PREROUTING: ['-j GCP-PREROUTING'],
      'GCP-PREROUTING': ['-j CONNMARK --restore-mark --nfmask 0x4000 --ctmask 0x4000'],
      POSTROUTING: ['-j GCP-POSTROUTING'],
      'GCP-POSTROUTING': [
        `-m mark --mark ${masqueradeMark} -j CONNMARK --save-mark --nfmask 0x4000 --ctmask 0x4000`,
      ],
    },
  },
];
