// The server's node with its pods on one bridge, as the CNI plugin "bridge" makes it: pods of the node reach each other without the node.
import type { Change, Plan } from '../../model/plan.ts';
import { twoNodes } from '../topologies/two-nodes.ts';
import { sysctl, within } from '../world/wires.ts';

// Named like the pods' interfaces: in IPv6 these have the pods' gateway.
export const bridge = 'cali-bridge';
const netns = 'node-1';
const pods = twoNodes.pods.filter(({ node }) => node === netns);
const ports = pods.map(({ hostInterface }) => hostInterface);
const podCidr = twoNodes.nodes.find(({ name }) => name === netns)?.podCidr ?? '';

/** The same world, with a bridge where the node had an interface for each pod. */
export function bridged(plan: Plan): Plan {
  const wired = plan.findIndex(({ change }) => change.do === 'set-up');
  const made: Change[] = [
    { do: 'add-bridge', netns, dev: bridge },
    ...ports.map((dev): Change => ({ do: 'add-port', netns, dev, bridge })),
    { do: 'set-up', netns, dev: bridge },
    sysctl(netns, `net.ipv4.conf.${bridge}.proxy_arp`, '1'),
    sysctl(netns, `net.ipv4.neigh.${bridge}.proxy_delay`, '0'),
    sysctl(netns, `net.ipv4.conf.${bridge}.rp_filter`, '0'),
    // What comes in and leaves by the bridge, as a question to a Service does, is no reason to be told of a shorter way.
    ...['all', bridge].map((name) => sysctl(netns, `net.ipv4.conf.${name}.send_redirects`, '0')),
    sysctl(netns, bridgeCalls, '1'),
  ];
  const neighbours = pods.map(({ name }): Change => ({
    ...{ do: 'add-route', netns: name, to: podCidr, dev: 'eth0' },
  }));
  const rest = plan.slice(wired).map((step) => {
    const { change } = step;
    return change.do === 'add-route' && change.netns === netns && ports.includes(change.dev)
      ? { ...step, change: { ...change, dev: bridge } }
      : step;
  });
  return [...plan.slice(0, wired), ...within(made), ...rest, ...within(neighbours)];
}

const bridgeCalls = 'net.bridge.bridge-nf-call-iptables';

/** What pods of the bridge say to each other netfilter no longer sees, and sees again. */
export const usesBridge: readonly [Change, Change] = [
  sysctl(netns, bridgeCalls, '0'),
  sysctl(netns, bridgeCalls, '1'),
];
