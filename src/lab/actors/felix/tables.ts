// What Calico's Felix (iptables dataplane, v3.17) programs on a node for its workloads once a network policy is enforced.
// Source: projectcalico/felix rules/, with the options that GKE sets (mangle's allow action is RETURN).
import type { IptablesTable } from '../../../model/plan.ts';
import type { Node, Topology } from '../../../model/topology.ts';

// Felix's bits of the packet mark (mask 0xffff0000): accepted, passed to the profiles, and from a workload.
const accepted = '0x10000/0x10000';
const clearAccepted = '-j MARK --set-xmark 0x0/0x10000';
const fromWorkload = '0x40000/0x40000';

/** The policy in force allows the experiment's ports to every pod, so that policy is evaluated and nothing is denied. */
const policyChain = 'cali-pi-allow-netdebug';
const profileChain = 'cali-pro-kns.default';

/** @param allowedPorts What the policy allows to every pod. */
export function calicoTables(
  topology: Topology,
  node: Node,
  allowedPorts: readonly number[] = [topology.service.port],
): readonly IptablesTable[] {
  const interfaces = topology.pods.filter((pod) => pod.node === node.name).map((pod) => pod.hostInterface);
  return [
    {
      name: 'raw',
      chains: {
        PREROUTING: ['-j cali-PREROUTING'],
        'cali-PREROUTING': [
          '-j MARK --set-xmark 0x0/0xf0000',
          `-i cali+ -j MARK --set-xmark ${fromWorkload}`,
          `-m mark --mark ${fromWorkload} -m rpfilter --validmark --invert -j DROP`,
          `-m mark --mark ${accepted} -j ACCEPT`,
        ],
      },
    },
    {
      name: 'mangle',
      chains: {
        PREROUTING: ['-j cali-PREROUTING'],
        'cali-PREROUTING': [
          '-m conntrack --ctstate RELATED,ESTABLISHED -j RETURN',
          `-m mark --mark ${accepted} -j RETURN`,
        ],
      },
    },
    {
      name: 'filter',
      chains: {
        FORWARD: ['-j cali-FORWARD', `-m mark --mark ${accepted} -j ACCEPT`],
        'cali-FORWARD': [
          '-j MARK --set-xmark 0x0/0xe0000',
          '-i cali+ -j cali-from-wl-dispatch',
          '-o cali+ -j cali-to-wl-dispatch',
        ],
        'cali-from-wl-dispatch': [...interfaces.map((name) => `-i ${name} -g cali-fw-${name}`), '-j DROP'],
        'cali-to-wl-dispatch': [...interfaces.map((name) => `-o ${name} -g cali-tw-${name}`), '-j DROP'],
        ...Object.fromEntries(interfaces.map((name) => [`cali-fw-${name}`, endpointRules(profileChain)])),
        ...Object.fromEntries(interfaces.map((name) => [`cali-tw-${name}`, endpointRules(policyChain)])),
        [policyChain]: [
          ...allowedPorts.map((port) => `-p tcp -m tcp --dport ${port} -j MARK --set-xmark ${accepted}`),
          `-m mark --mark ${accepted} -j RETURN`,
        ],
        [profileChain]: [`-j MARK --set-xmark ${accepted}`],
      },
    },
  ];
}

/** Established first, INVALID dropped, then policy, then drop: the order that makes a looped flow's RST get through. */
function endpointRules(policy: string): string[] {
  return [
    '-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    '-m conntrack --ctstate INVALID -j DROP',
    clearAccepted,
    `-j ${policy}`,
    `-m mark --mark ${accepted} -j RETURN`,
    '-j DROP',
  ];
}
