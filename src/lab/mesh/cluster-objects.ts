// The lab's nodes and endpoints as objects of the Kubernetes API, as far as the coordinator reads them.
import { meshPorts, type MeshMember } from '../topologies/mesh.ts';

/** What the control plane says of a node. */
export type NodeState = 'ready' | 'not-ready' | 'cordoned';

export function nodeObject({ node, zone }: MeshMember, state: NodeState): object {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: node.name, labels: { 'topology.kubernetes.io/zone': zone } },
    spec: { unschedulable: state === 'cordoned' },
    status: { conditions: [{ type: 'Ready', status: state === 'not-ready' ? 'Unknown' : 'True' }] },
  };
}

/** @param notReady Nodes whose server is no ready endpoint. */
export function sliceObject(
  name: string,
  service: string,
  members: readonly MeshMember[],
  notReady: ReadonlySet<string>,
): object {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    addressType: 'IPv4',
    metadata: { name, labels: { 'kubernetes.io/service-name': service } },
    ports: [{ port: meshPorts.probes, protocol: 'TCP' }],
    endpoints: members.map(({ node, server }) => {
      const ready = !notReady.has(node.name);
      return { addresses: [server.address], nodeName: node.name, conditions: { ready, terminating: false } };
    }),
  };
}
