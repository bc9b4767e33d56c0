// Two nodes with everything that GKE runs on them: kube-proxy always, netd and Calico with its Felix by factor.
import type { Plan } from '../../model/plan.ts';
import type { ActorSpec, Choice, Named, Setup } from '../../model/scenario.ts';
import type { Node, Topology } from '../../model/topology.ts';
import { calicoTables } from '../actors/felix/tables.ts';
import { netdChanges, netdTables } from '../actors/netd/tables.ts';
import { within, wires } from '../world/wires.ts';
import { clientClasses, hasVisibility, withKubeProxy } from './service-world.ts';

export const networkPolicy: Named = {
  name: 'network-policy',
  about: 'Calico enforces a network policy; Felix refreshes its routes every 90 s',
};

/** @param felixTables The routing tables that Felix believes to be its own, first and last. */
export function gkeWorld(choice: Choice, topology: Topology, felixTables: readonly [number, number]): Setup {
  return {
    topology,
    plan: [...wires(topology), ...topology.nodes.flatMap((node) => programs(topology, node, choice))],
    actors: topology.nodes.flatMap((node) => actors(node, choice, felixTables)),
    faults: [],
    servers: [{ name: 'server', pod: 'server', port: topology.service.port }],
    clients: clientClasses(topology, false),
    clientPeriodMs: 5_000,
  };
}

const hasPolicy = ({ factors }: Choice) => factors[networkPolicy.name] === true;

/** What stands on a node before the run. */
function programs(topology: Topology, node: Node, choice: Choice): Plan {
  return within([
    ...(hasVisibility(choice) ? netdChanges(topology, node) : []),
    ...withKubeProxy(topology, node, choice, {
      before: hasPolicy(choice) ? calicoTables(topology, node) : [],
      after: hasVisibility(choice) ? netdTables : [],
    }),
  ]);
}

function actors({ name: node }: Node, choice: Choice, range: readonly [number, number]): ActorSpec[] {
  return [
    ...(hasVisibility(choice) ? [{ kind: 'netd', node } as const] : []),
    ...(hasPolicy(choice) ? [{ kind: 'felix', node, routeTableRange: range } as const] : []),
  ];
}
