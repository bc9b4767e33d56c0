// Two nodes with everything that GKE runs on them: kube-proxy always, netd and Calico with its Felix by factor.
import type { Plan } from '../../model/plan.ts';
import type { AgentSpec, Choice, Named, Setup } from '../../model/scenario.ts';
import type { Node, Topology } from '../../model/topology.ts';
import { calicoTables } from '../actors/felix/tables.ts';
import { kubeProxyTables } from '../actors/kube-proxy/tables.ts';
import { mergeTables } from '../actors/merge-tables.ts';
import { netdChanges, netdRules, netdTables } from '../actors/netd/tables.ts';
import { within, wires } from '../world/wires.ts';
import { clientClasses, hasVisibility } from './service-world.ts';

export const networkPolicy: Named = {
  name: 'network-policy',
  about: 'Calico enforces a network policy; Felix refreshes its routes every 90 s',
};

const seconds = 1_000;

/** @param felixTables The routing tables that Felix believes to be its own, first and last. */
export function gkeWorld(choice: Choice, topology: Topology, felixTables: readonly [number, number]): Setup {
  return {
    topology,
    plan: [...wires(topology), ...topology.nodes.flatMap((node) => programs(topology, node, choice))],
    agents: topology.nodes.flatMap((node) => agents(node, choice, felixTables)),
    faults: [],
    servers: [{ name: 'server', pod: 'server', port: topology.service.port }],
    clients: clientClasses(topology, false),
    clientPeriodMs: 5 * seconds,
  };
}

const hasPolicy = ({ factors }: Choice) => factors[networkPolicy.name] === true;

/** What stands on a node before the run. */
function programs(topology: Topology, node: Node, choice: Choice): Plan {
  const tables = mergeTables(
    hasPolicy(choice) ? calicoTables(topology, node) : [],
    kubeProxyTables(topology),
    hasVisibility(choice) ? netdTables : [],
  );
  return within([
    ...(hasVisibility(choice) ? netdChanges(topology, node) : []),
    { do: 'load-iptables', netns: node.name, tables },
  ]);
}

function agents(node: Node, choice: Choice, routeTableRange: readonly [number, number]): AgentSpec[] {
  const list: AgentSpec[] = [];
  if (hasVisibility(choice)) {
    list.push({ kind: 'netd', node: node.name, reconcileMs: 10 * seconds, rules: netdRules });
  }
  if (hasPolicy(choice)) {
    const [refreshMs, jitterMs] = [90 * seconds, 9 * seconds];
    list.push({ kind: 'felix', node: node.name, refreshMs, jitterMs, routeTableRange });
  }
  return list;
}
