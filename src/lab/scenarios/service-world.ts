// The world that most scenarios share: a Service by kube-proxy, netd's intranode visibility, and clients of it on both nodes.
import type { Choice, ClientSpec, Named, ScenarioDefaults, ServerSpec, Setup } from '../../model/scenario.ts';
import type { Change, IptablesTable, Plan } from '../../model/plan.ts';
import type { Node, Service, Topology } from '../../model/topology.ts';
import { kubeProxyNftBody, kubeProxyTable } from '../actors/kube-proxy/nft-table.ts';
import { kubeProxyTables, type KubeProxyOptions } from '../actors/kube-proxy/tables.ts';
import { mergeTables } from '../actors/merge-tables.ts';
import { netdChanges, netdTables } from '../actors/netd/tables.ts';
import { addressOf, twoNodes } from '../topologies/two-nodes.ts';
import { within, wires } from '../world/wires.ts';

export const intranodeVisibility: Named = {
  name: 'intranode-visibility',
  about: 'netd sends same-node traffic out of the node and back (policy routing)',
};

/** Clients that need no Service: no address is translated, so nothing that conntrack forgets matters. */
export const headlessService = {
  name: 'headless-service',
  about: 'clients dial the pod IP (a headless Service), so that nothing is translated',
} as const satisfies Named;

export const hasVisibility = ({ factors }: Choice) => factors[intranodeVisibility.name] === true;

/** Where the pods are, for faults and rules that name them. */
export const serverAddress = addressOf(twoNodes, 'server');
export const coLocatedAddress = addressOf(twoNodes, 'co-located-client');
export const remoteAddress = addressOf(twoNodes, 'remote-client');
export const servicePort = twoNodes.service.port;

export interface WorldOptions {
  /** False for a kube-proxy that lets INVALID packets pass. Default true. */
  readonly dropInvalid?: boolean;
  /** As KubeProxyOptions have them. */
  readonly masqueradeAll?: boolean;
  readonly sessionAffinity?: boolean;
  /** Default: the two nodes with one server. Every pod behind its Service has a server that is called like it. */
  readonly topology?: Topology;
  /** Done to the nodes and the VPC after everything else. */
  readonly changes?: readonly Change[];
  readonly server?: Omit<ServerSpec, 'name' | 'pod' | 'port'>;
  readonly clientTimeoutMs?: number;
  /** What else its clients do. */
  readonly clients?: Pick<ClientSpec, 'closeEveryMs' | 'closeWith'>;
  /** Default 100 ms: every fault meets each connection within that time. */
  readonly clientPeriodMs?: number;
}

/** The world of a choice, with nothing yet happening to it. Periods are as they run: nothing here waits for minutes. */
export function serviceWorld(choice: Choice, options: WorldOptions = {}): Setup {
  const { topology = twoNodes, clientPeriodMs = 100, server = {}, changes = [] } = options;
  const nodes = topology.nodes.flatMap((node) => nodePlan(topology, node, choice, options));
  return {
    topology,
    plan: [...wires(topology), ...nodes, ...within(changes)],
    actors: [],
    faults: [],
    servers: topology.service.endpoints.map((name) => ({ name, pod: name, port: servicePort, ...server })),
    clients: clientClasses(topology, choice.fix === headlessService.name).map((client) => ({
      ...{ ...client, ...options.clients },
      ...(options.clientTimeoutMs === undefined ? {} : { timeoutMs: options.clientTimeoutMs }),
    })),
    clientPeriodMs,
  };
}

function nodePlan(topology: Topology, node: Node, choice: Choice, options: WorldOptions): Plan {
  const { dropInvalid = true, masqueradeAll = false, sessionAffinity = false } = options;
  return within([
    ...(hasVisibility(choice) ? netdChanges(topology, node) : []),
    ...loadTables(topology, node, choice, { dropInvalid, masqueradeAll, sessionAffinity }),
  ]);
}

/** What kube-proxy and netd have programmed on the node, all at once, as kube-proxy does when a Service's endpoints change. */
function loadTables(topology: Topology, node: Node, choice: Choice, options: KubeProxyOptions): Change[] {
  return withKubeProxy(topology, node, choice, { options, after: hasVisibility(choice) ? netdTables : [] });
}

/** kube-proxy's rules beside those of others, in whichever mode it is; in iptables' chains others' stand before or after its own. */
export function withKubeProxy(
  topology: Topology,
  node: Node,
  { dataplane = 'iptables' }: Choice,
  wanted: {
    readonly options?: KubeProxyOptions;
    readonly before?: readonly IptablesTable[];
    readonly after?: readonly IptablesTable[];
  },
): Change[] {
  const { options = {}, before = [], after = [] } = wanted;
  const netns = node.name;
  const own = dataplane === 'iptables' ? kubeProxyTables(topology, options) : [];
  const tables = mergeTables(before, own, after);
  return [
    ...(tables.length === 0 ? [] : [{ do: 'load-iptables', netns, tables } as const]),
    ...(dataplane === 'iptables' ? [] : [loadNft(topology, node, options)]),
  ];
}

function loadNft(topology: Topology, node: Node, options: KubeProxyOptions): Change {
  const body = kubeProxyNftBody(topology, options);
  return { do: 'load-nft-table', of: 'ip', netns: node.name, name: kubeProxyTable, body };
}

/**
 * kube-proxy's tables anew, as it learns of other endpoints: the table of rules that refuse first, or last. In mode nftables all is
 * one transaction.
 */
export function loadServices(
  topology: Topology,
  node: Node,
  { dataplane }: Choice,
  { services, refuses }: { readonly services: readonly Service[]; readonly refuses: 'first' | 'last' },
): Change {
  if (dataplane === 'nftables') return loadNft(topology, node, { services });
  const tables = kubeProxyTables(topology, { services });
  const inOrder = tables.toSorted((a, b) => (a.name === b.name ? 0 : a.name === 'filter' ? -1 : 1));
  return {
    ...{ do: 'load-iptables', netns: node.name },
    tables: refuses === 'first' ? inOrder : inOrder.toReversed(),
  };
}

/** One class beside the server, one on the other node, both through the Service, or both straight to the pod. */
export function clientClasses(topology: Topology, headless: boolean): ClientSpec[] {
  const { clusterIp, port } = topology.service;
  const target = { address: headless ? addressOf(topology, 'server') : clusterIp, port };
  return [
    { name: 'co-located', pod: 'co-located-client', target },
    { name: 'remote', pod: 'remote-client', target },
  ];
}

/**
 * Defaults of a scenario whose fault comes about every second by itself.
 * @param watchedShare How much of the time a class has an open connection, at the worst.
 */
export function briefDefaults(durationMs: number, connections = 4, watchedShare = 1): ScenarioDefaults {
  // A clean run proves a rate absent in 3.5 of its mean gaps; the first second and a half is for starting up.
  const watchedHours = ((durationMs - 1_500) * watchedShare) / 3_600_000;
  return { speed: 1, durationMs, connections, maxRatePerHour: Math.ceil(3.6 / watchedHours) };
}
