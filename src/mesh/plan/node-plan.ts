// One agent's plan as it is sent: the assignment's indices made addresses, each with its class and path.
import { contentHash } from '../content-hash.ts';
import type { LeftOutReason, MeshClass, MeshPlan, MeshTarget } from '../../model/mesh-plan.ts';
import type { Assignment } from './assign.ts';
import type { MeshNode } from './mesh-node.ts';

/** How the Services are reached: names or addresses. */
export interface ServiceAddresses {
  /** All servers. */
  readonly all: string;
  /** The server on the client's own node (internalTrafficPolicy: Local). */
  readonly local: string;
  readonly port: number;
}

/** Undefined when the cluster has no such node. */
export function planOfNode(
  assignment: Assignment,
  name: string,
  services: ServiceAddresses,
): MeshPlan | undefined {
  const { nodes, indexOf, targets, passedOver } = assignment;
  const index = indexOf.get(name);
  const own = index === undefined ? undefined : nodes[index];
  if (index === undefined || own === undefined) return undefined;
  const others = [...(targets[index] ?? [])].flatMap((target) => nodes[target] ?? []);
  const leftOut = [
    ...(own.leftOut === null ? [] : [{ node: name, reason: own.leftOut }]),
    ...(passedOver[index] ?? []).flatMap((node) => leftOutEntry(nodes[node])),
  ];
  const content = {
    node: name,
    zone: own.zone,
    targets: own.leftOut === null ? targetsOf(own, others, services) : [],
    leftOut,
    doubted: [own, ...others].flatMap(({ name: node, doubt }) =>
      doubt === null ? [] : [{ node, reason: doubt }],
    ),
  };
  const revision = contentHash(content).slice(0, 16);
  return { schemaVersion: 1, revision, ...content };
}

function leftOutEntry(node: MeshNode | undefined): { node: string; reason: LeftOutReason }[] {
  return node === undefined || node.leftOut === null ? [] : [{ node: node.name, reason: node.leftOut }];
}

function targetsOf(own: MeshNode, others: readonly MeshNode[], services: ServiceAddresses): MeshTarget[] {
  const sameNode = { node: own.name, zone: own.zone, class: 'same-node', connections: 1 } as const;
  const far = others.some(({ zone }) => zone !== own.zone);
  return [
    { ...sameNode, path: 'service', address: services.local, port: services.port },
    ...podTarget(own, 'same-node'),
    ...others.flatMap((node) => podTarget(node, node.zone === own.zone ? 'same-zone' : 'cross-zone')),
    ...(others.length === 0
      ? []
      : [
          {
            node: null,
            zone: null,
            class: far ? ('cross-zone' as const) : ('same-zone' as const),
            path: 'service' as const,
            address: services.all,
            port: services.port,
            connections: others.length,
          },
        ]),
  ];
}

function podTarget({ name, zone, address, port }: MeshNode, where: MeshClass): MeshTarget[] {
  if (address === null) return [];
  return [{ node: name, zone, class: where, path: 'pod-ip', address, port, connections: 1 }];
}
