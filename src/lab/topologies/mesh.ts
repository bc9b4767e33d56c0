// A whole cluster on a VPC: nodes with a server, an agent and other pods on each, and a control plane that is a host beside them.
import type { Node, Pod, Service, Topology } from '../../model/topology.ts';

/** The host of the API, the coordinator and Prometheus: a node without pods, which is none of the cluster's. */
export const control = 'control';
export const controlAddress = '10.128.0.2';

/** Ports of the parts, as manifests/mesh has them. */
export const meshPorts = { probes: 8_080, metrics: 9_464, coordinator: 9_465, api: 6_443 } as const;

/** Ranges end there: 10.44.0.0/14 has 1,024 nodes' pods. */
export const mostNodes = 1_000;

export interface MeshTopology extends Topology {
  /** Through it a client reaches the server of its own node (internalTrafficPolicy: Local); its endpoints differ by node. */
  readonly localService: Omit<Service, 'endpoints'>;
  /** Of the cluster: all but the control plane. */
  readonly members: readonly MeshMember[];
}

export interface MeshMember {
  readonly node: Node;
  readonly zone: string;
  readonly server: Pod;
  readonly agent: Pod;
}

const zones = ['zone-a', 'zone-b', 'zone-c'];

/**
 * @param podsPerNode At least two: the server and the agent; the others only stand there.
 */
export function meshTopology(nodes: number, podsPerNode = 2): MeshTopology {
  const members = Array.from({ length: nodes }, (_, index) => member(index + 1));
  const others = members.flatMap(({ node }) =>
    Array.from({ length: podsPerNode - 2 }, (_, index) => pod(node, `other-${index + 1}`, index + 100)),
  );
  const controlNode: Node = { name: control, address: controlAddress, podCidr: '10.47.255.0/24' };
  return {
    gateway: '10.128.0.1',
    clusterCidr: '10.44.0.0/14',
    serviceCidr: '10.48.0.0/20',
    nodes: [controlNode, ...members.map(({ node }) => node)],
    pods: [...members.flatMap(({ server, agent }) => [server, agent]), ...others],
    service: {
      name: 'mesh-server',
      clusterIp: '10.48.14.50',
      port: meshPorts.probes,
      endpoints: members.map(({ server }) => server.name),
    },
    localService: { name: 'mesh-local', clusterIp: '10.48.14.51', port: meshPorts.probes },
    members,
  };
}

function member(number: number): MeshMember {
  const block = `${number >> 8}`;
  const node: Node = {
    name: `node-${number}`,
    address: `10.128.${1 + Number(block)}.${number & 255}`,
    podCidr: `10.${44 + Number(block)}.${number & 255}.0/24`,
  };
  return {
    node,
    zone: zones[(number - 1) % zones.length] ?? '',
    server: pod(node, 'server', 10),
    agent: pod(node, 'agent', 33),
  };
}

/** Names are the world's, so they carry their node's number; an interface's name has 15 characters. */
function pod(node: Node, what: string, host: number): Pod {
  const number = node.name.replace('node-', '');
  return {
    name: `${what}-${number}`,
    node: node.name,
    address: node.podCidr.replace(/0\/24$/, String(host)),
    hostInterface: `cali-${what.replace('other-', 'o')}${number}`,
  };
}
