// The seed's topology: two nodes on a VPC, the server and one client on node-1, another client on node-2.
import type { Topology } from '../../model/topology.ts';

/** Addresses are of the ranges that GKE hands out, the Service's is the one in the original report. */
export const twoNodes: Topology = {
  gateway: '10.128.0.1',
  clusterCidr: '10.44.0.0/14',
  serviceCidr: '10.48.0.0/20',
  nodes: [
    { name: 'node-1', address: '10.128.0.11', podCidr: '10.44.0.0/24' },
    { name: 'node-2', address: '10.128.0.12', podCidr: '10.44.1.0/24' },
  ],
  pods: [
    { name: 'server', node: 'node-1', address: '10.44.0.10', hostInterface: 'cali-server' },
    { name: 'co-located-client', node: 'node-1', address: '10.44.0.33', hostInterface: 'cali-colocated' },
    { name: 'remote-client', node: 'node-2', address: '10.44.1.21', hostInterface: 'cali-remote' },
  ],
  service: {
    name: 'netdebug',
    clusterIp: '10.48.14.50',
    port: 8080,
    nodePort: 30_080,
    endpoints: ['server'],
  },
};

/** The same with the pods' places swapped: the server and the co-located client on node-2. */
export const twoNodesSwapped: Topology = {
  ...twoNodes,
  pods: [
    { name: 'server', node: 'node-2', address: '10.44.1.10', hostInterface: 'cali-server' },
    { name: 'co-located-client', node: 'node-2', address: '10.44.1.33', hostInterface: 'cali-colocated' },
    { name: 'remote-client', node: 'node-1', address: '10.44.0.21', hostInterface: 'cali-remote' },
  ],
};

/** The pod's address. Throws for a pod that the topology lacks: a mistake of ours. */
export function addressOf(topology: Topology, pod: string): string {
  const found = topology.pods.find(({ name }) => name === pod);
  if (found === undefined) throw new Error(`the topology has no pod "${pod}"`);
  return found.address;
}
