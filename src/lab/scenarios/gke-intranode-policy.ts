// The bug itself: netd routes same-node traffic through table 1, Felix believes table 1 to be its own and deletes the rule.
import type { AgentSpec, Choice, Scenario, Setup } from '../../model/scenario.ts';
import type { Plan } from '../../model/plan.ts';
import type { ClientClass, Node } from '../../model/topology.ts';
import { calicoTables } from '../nodes/calico.ts';
import { kubeProxyTables } from '../nodes/kube-proxy.ts';
import { mergeTables } from '../nodes/merge-tables.ts';
import { netdChanges, netdRules, netdTables } from '../nodes/netd.ts';
import { twoNodes } from '../topologies/two-nodes.ts';
import { within, wires } from '../wires.ts';

const intranodeVisibility = 'intranode-visibility';
const networkPolicy = 'network-policy';
const felixTableRange = 'felix-table-range';
const headlessService = 'headless-service';

const seconds = 1_000;

export const gkeIntranodePolicy: Scenario = {
  name: 'gke-intranode-policy',
  about:
    'netd and Felix fight over a routing rule; same-node connections through a Service are reset at every flip',
  factors: [
    {
      name: intranodeVisibility,
      about: 'netd sends same-node traffic out of the node and back (policy routing)',
    },
    { name: networkPolicy, about: 'Calico enforces a network policy; Felix refreshes its routes every 90 s' },
  ],
  fixes: [
    {
      name: felixTableRange,
      about: 'Felix owns routing tables 10-250, as GKE sets it since 2021 (FELIX_ROUTETABLERANGE)',
    },
    {
      name: headlessService,
      about: 'clients dial the pod IP (a headless Service), so that nothing is translated',
    },
  ],
  // 80 times faster, Felix refreshes every 1.2 s: 20 s show 16 refreshes.
  defaults: { speed: 80, durationMs: 20 * seconds, connections: 4, maxRatePerHour: 12 },
  expected({ factors, fix }) {
    const broken = factors[intranodeVisibility] === true && factors[networkPolicy] === true && fix === null;
    return broken ? 'co-located-only' : 'none';
  },
  setup(choice): Setup {
    return {
      topology: twoNodes,
      plan: [...wires(twoNodes), ...twoNodes.nodes.flatMap((node) => programs(node, choice))],
      agents: twoNodes.nodes.flatMap((node) => agents(node, choice)),
      server: { pod: 'server', port: twoNodes.service.port },
      clients: clientClasses(choice),
      clientPeriodMs: 5 * seconds,
    };
  },
};

/** What stands on a node before the run: kube-proxy's rules always, netd's and Calico's by factor. */
function programs(node: Node, { factors }: Choice): Plan {
  const visibility = factors[intranodeVisibility] === true;
  const tables = mergeTables(
    factors[networkPolicy] === true ? calicoTables(twoNodes, node) : [],
    kubeProxyTables(twoNodes),
    visibility ? netdTables : [],
  );
  return within([
    ...(visibility ? netdChanges(twoNodes, node) : []),
    { do: 'load-iptables', netns: node.name, tables },
  ]);
}

function agents(node: Node, { factors, fix }: Choice): AgentSpec[] {
  const list: AgentSpec[] = [];
  if (factors[intranodeVisibility] === true) {
    list.push({ kind: 'netd', node: node.name, reconcileMs: 10 * seconds, rules: netdRules });
  }
  if (factors[networkPolicy] === true) {
    list.push({
      kind: 'felix',
      node: node.name,
      refreshMs: 90 * seconds,
      jitterMs: 9 * seconds,
      routeTableRange: fix === felixTableRange ? [10, 250] : [1, 250],
    });
  }
  return list;
}

function clientClasses({ fix }: Choice): ClientClass[] {
  const port = twoNodes.service.port;
  const podIp = twoNodes.pods.find((pod) => pod.name === 'server')?.address ?? '';
  const service = fix === headlessService ? podIp : twoNodes.service.clusterIp;
  return [
    { name: 'co-located', pod: 'co-located-client', target: { address: service, port } },
    { name: 'remote', pod: 'remote-client', target: { address: service, port } },
    { name: 'co-located-pod-ip', pod: 'co-located-client', target: { address: podIp, port } },
    { name: 'remote-pod-ip', pod: 'remote-client', target: { address: podIp, port } },
  ];
}
