// The mesh's world as a plan: every node as GKE has it with intranode visibility, and on some of them Calico with a Felix that
// believes netd's table to be its own.
import type { Plan } from '../../model/plan.ts';
import type { ActorSpec } from '../../model/scenario.ts';
import type { Node } from '../../model/topology.ts';
import { calicoTables } from '../actors/felix/tables.ts';
import { kubeProxyTables } from '../actors/kube-proxy/tables.ts';
import { mergeTables } from '../actors/merge-tables.ts';
import { netdChanges, netdTables } from '../actors/netd/tables.ts';
import { control, meshPorts, type MeshTopology } from '../topologies/mesh.ts';
import { within, wires } from '../world/wires.ts';

/** @param conflict Names of the nodes on which netd and Felix fight. */
export function worldPlan(topology: MeshTopology, conflict: ReadonlySet<string>): Plan {
  // The control plane's namespace is the world's own, which is there already.
  const connected = wires(topology).filter(
    ({ change }) => !(change.do === 'add-netns' && change.netns === control),
  );
  return [
    ...connected,
    ...topology.members.flatMap(({ node }) => nodePlan(topology, node, conflict.has(node.name))),
  ];
}

/** Only where they fight: a netd that misses nothing, and no Felix, change nothing elsewhere. */
export function meshActors(conflict: ReadonlySet<string>): ActorSpec[] {
  return [...conflict].flatMap((node): ActorSpec[] => [
    { kind: 'netd', node },
    { kind: 'felix', node, routeTableRange: [1, 250] },
  ]);
}

function nodePlan(topology: MeshTopology, node: Node, withPolicy: boolean): Plan {
  const own = topology.members.find((member) => member.node === node);
  const local = { ...topology.localService, endpoints: own === undefined ? [] : [own.server.name] };
  const tables = mergeTables(
    withPolicy ? calicoTables(topology, node, [meshPorts.probes, meshPorts.metrics]) : [],
    kubeProxyTables(topology, { services: [topology.service, local] }),
    netdTables,
  );
  return within([...netdChanges(topology, node), { do: 'load-iptables', netns: node.name, tables }]);
}
