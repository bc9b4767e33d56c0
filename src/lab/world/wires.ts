// Namespaces, links, addresses and routes of a topology: the VPC and each node's pods, before any actor has touched them.
import type { Change, Plan, Step } from '../../model/plan.ts';
import type { Node, Pod, Topology } from '../../model/topology.ts';

/** The namespace of the VPC's router. */
export const vpc = 'vpc';

/** Calico gives every pod this gateway; no interface has it, the host's end of the veth answers ARP for it. */
const podGateway = '169.254.1.1';

/** The plan that connects everything; after it every pod reaches every other by its address. */
export function wires(topology: Topology): Plan {
  const { nodes, pods } = topology;
  const namespaces = [vpc, ...nodes.map((node) => node.name), ...pods.map((pod) => pod.name)];
  return [
    ...namespaces.map(addNamespace),
    ...nodes.map((node) => addVeth({ netns: vpc, dev: node.name }, { netns: node.name, dev: 'eth0' })),
    ...pods.map((pod) =>
      addVeth({ netns: pod.node, dev: pod.hostInterface }, { netns: pod.name, dev: 'eth0' }),
    ),
    ...within(vpcRouter(topology)),
    ...nodes.flatMap((node) => within(nodeWires(topology, node))),
    ...pods.flatMap((pod) => within(podWires(pod))),
  ];
}

/** Gives a pod whose namespace exists its link, address and routes, while the world lives. */
export function plugIn(pod: Pod): Change[] {
  const b = { netns: pod.name, dev: 'eth0' };
  return [
    { do: 'add-veth', a: { netns: pod.node, dev: pod.hostInterface }, b },
    ...podWires(pod),
    ...hostWires(pod),
    ...hostSysctls(pod),
  ];
}

/** Takes the pod's link away, and with it the address and all routes to it. */
export function unplug(pod: Pod): Change {
  return { do: 'delete-link', netns: pod.node, dev: pod.hostInterface };
}

function addNamespace(netns: string): Step {
  return { change: { do: 'add-netns', netns }, undo: { do: 'delete-netns', netns } };
}

function addVeth(a: { netns: string; dev: string }, b: { netns: string; dev: string }): Step {
  return { change: { do: 'add-veth', a, b }, undo: { do: 'delete-link', ...a } };
}

/** Steps whose effect vanishes with the namespace they are done in. */
export function within(changes: readonly Change[]): Plan {
  return changes.map((change) => ({ change, undo: null }));
}

function vpcRouter({ nodes, gateway }: Topology): Change[] {
  return [
    { do: 'set-up', netns: vpc, dev: 'lo' },
    ...nodes.flatMap((node): Change[] => [
      { do: 'set-up', netns: vpc, dev: node.name },
      { do: 'add-address', netns: vpc, dev: node.name, cidr: `${gateway}/32` },
      { do: 'add-route', netns: vpc, to: node.address, dev: node.name },
      { do: 'add-route', netns: vpc, to: node.podCidr, via: node.address, dev: node.name },
    ]),
    sysctl(vpc, 'net.ipv4.ip_forward', '1'),
    sysctl(vpc, 'net.ipv4.conf.all.rp_filter', '0'),
    // Traffic that leaves a node and comes back to it enters and leaves the router by one interface; a cloud's VPC sends no
    // ICMP redirect for that.
    sysctl(vpc, 'net.ipv4.conf.all.send_redirects', '0'),
    ...nodes.flatMap((node): Change[] => [
      sysctl(vpc, `net.ipv4.conf.${node.name}.rp_filter`, '0'),
      sysctl(vpc, `net.ipv4.conf.${node.name}.send_redirects`, '0'),
    ]),
  ];
}

function nodeWires({ gateway, pods }: Topology, node: Node): Change[] {
  const netns = node.name;
  const own = pods.filter((pod) => pod.node === node.name);
  return [
    { do: 'set-up', netns, dev: 'lo' },
    { do: 'set-up', netns, dev: 'eth0' },
    { do: 'add-address', netns, dev: 'eth0', cidr: `${node.address}/32` },
    { do: 'add-route', netns, to: gateway, dev: 'eth0' },
    { do: 'add-route', netns, to: 'default', via: gateway, dev: 'eth0' },
    ...own.flatMap(hostWires),
    sysctl(netns, 'net.ipv4.ip_forward', '1'),
    sysctl(netns, 'net.ipv4.conf.all.rp_filter', '0'),
    ...own.flatMap(hostSysctls),
  ];
}

function hostWires({ node, hostInterface, address }: Pod): Change[] {
  return [
    { do: 'set-up', netns: node, dev: hostInterface },
    { do: 'add-route', netns: node, to: address, dev: hostInterface },
  ];
}

function hostSysctls({ node, hostInterface }: Pod): Change[] {
  return [
    // As Felix sets them on a workload's interface; without proxy_delay=0 the first packet waits for up to 0.8 s.
    sysctl(node, `net.ipv4.conf.${hostInterface}.proxy_arp`, '1'),
    sysctl(node, `net.ipv4.neigh.${hostInterface}.proxy_delay`, '0'),
    sysctl(node, `net.ipv4.conf.${hostInterface}.rp_filter`, '1'),
  ];
}

function podWires(pod: Pod): Change[] {
  const netns = pod.name;
  return [
    { do: 'set-up', netns, dev: 'lo' },
    { do: 'set-up', netns, dev: 'eth0' },
    { do: 'add-address', netns, dev: 'eth0', cidr: `${pod.address}/32` },
    { do: 'add-route', netns, to: podGateway, dev: 'eth0' },
    { do: 'add-route', netns, to: 'default', via: podGateway, dev: 'eth0' },
  ];
}

export function sysctl(netns: string, key: string, value: string): Change {
  return { do: 'set-sysctl', netns, key, value };
}
