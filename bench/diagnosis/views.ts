// What of a run's evidence somebody has who stands at one place, and what a diagnosis says of that.
import { causeModels } from '../../src/causes/index.ts';
import { diagnose, diagnoseWire } from '../../src/diagnose/diagnose.ts';
import { parseMicros, type Micros } from '../../src/model/clock.ts';
import type { NodeEvent } from '../../src/model/node-event.ts';
import type { ProbeEvent } from '../../src/model/probe-event.ts';
import type { Setup } from '../../src/model/scenario.ts';
import { answerOf, type Answer } from './judgement.ts';
import type { Condition } from './specs.ts';
import { watchedAnswers, type Watched } from './watched.ts';

export interface RunEvidence {
  readonly probes: readonly ProbeEvent[];
  readonly nodes: readonly NodeEvent[];
  readonly setup: Setup;
  /** What the watcher of each node printed, by node; empty where none ran. */
  readonly watched: ReadonlyMap<string, Watched>;
}

type Look = (evidence: RunEvidence) => Answer[];

const without =
  (...sources: readonly string[]): Look =>
  ({ probes, nodes }) => {
    const seen = nodes.filter(({ source }) => !sources.includes(source));
    // Of programs that are not ours there are no probes' events.
    return (probes.length === 0 ? wire(seen) : diagnose({ probes, nodes: seen }, causeModels)).map(answerOf);
  };

const wire = (nodes: readonly NodeEvent[], until?: Micros) => diagnoseWire(nodes, causeModels, until);

/**
 * When our own clients were told to stop, each with all that it had left: whoever sees packets and kernels alone sees them go, some with
 * a RST of their own. One that ends a connection of its own accord does something afterwards.
 */
function stoppedAt({ probes }: Pick<RunEvidence, 'probes'>): Micros {
  const ofClients = probes.filter((event) => event.role === 'client');
  const stops = [...Map.groupBy(ofClients, (event) => event.class).values()].map((own) => {
    const stop = own[own.findLastIndex(({ event }) => event !== 'finished') + 1];
    return stop === undefined ? Number.POSITIVE_INFINITY : parseMicros(stop.at);
  });
  return Math.min(...stops);
}

/** `foreign`: what anybody's connections have, who have no client of ours. */
export const views = {
  'all witnesses': ({ probes, nodes }) => diagnose({ probes, nodes }, causeModels).map(answerOf),
  'foreign (no client events)': (evidence) => wire(evidence.nodes, stoppedAt(evidence)).map(answerOf),
  "capture only, client's side": (evidence) => captureAt(evidence, mostHitClient(evidence)),
  "capture only, server's side": (evidence) => captureAt(evidence, evidence.setup.servers[0]?.pod),
  'no capture': without('capture'),
  'no conntrack events': without('conntrack-events'),
  'no rule, route and link changes': without('ip-monitor'),
  'without kernel events': without('kernel-events', 'sockets'),
  watch: ({ watched }) => watchedAnswers([...watched.values()]),
  'watch on one node': ({ watched, setup }) => {
    const own = watched.get(podOf(setup, setup.servers[0]?.pod).node);
    return own === undefined ? [] : watchedAnswers([own]);
  },
} as const satisfies Record<string, Look>;
export type View = keyof typeof views;

const watches: readonly View[] = ['watch', 'watch on one node'];

/** Views that are looked at under a condition; with a fix there is nothing to diagnose. */
export const viewsUnder: Readonly<Record<Condition, readonly View[]>> = {
  plain: (Object.keys(views) as View[]).filter((view) => !watches.includes(view)),
  watched: watches,
  'real workloads': ['foreign (no client events)', 'without kernel events', 'watch', 'watch on one node'],
  IPv6: ['all witnesses', 'foreign (no client events)'],
  "server in the node's namespace": ['all witnesses', 'foreign (no client events)'],
  'busy machine': ['all witnesses', 'foreign (no client events)'],
  rootless: ['all witnesses'],
  fixed: [],
};

const foreign: ReadonlySet<View> = new Set<View>([
  'foreign (no client events)',
  "capture only, client's side",
  "capture only, server's side",
  'watch',
  'watch on one node',
]);

/** Causes that only events of our own client tell of: nothing of them is on the wire. */
export const onlyOurs: ReadonlySet<string> = new Set(['probe-stalled']);

/** Whether the cause has a form that the view could show. */
export const hasForm = (view: View, cause: string | null): boolean =>
  cause === null || !foreign.has(view) || !onlyOurs.has(cause);

function captureAt(evidence: RunEvidence, podName: string | undefined): Answer[] {
  const { node, hostInterface } = podOf(evidence.setup, podName);
  return wire(tcpdumpAt(evidence.nodes, node, hostInterface), stoppedAt(evidence)).map(answerOf);
}

function podOf({ topology }: Setup, podName: string | undefined) {
  const pod = topology.pods.find(({ name }) => name === podName);
  if (pod === undefined) throw new Error(`the topology has no pod "${String(podName)}"`);
  return pod;
}

/** The packets of one interface, as a file of tcpdump has them, which tells neither direction nor interface. */
export function tcpdumpAt(events: readonly NodeEvent[], node: string, name: string): NodeEvent[] {
  return events.flatMap((event) =>
    event.event === 'packet' && event.node === node && event.interface === name
      ? [{ ...event, node: 'tcpdump', file: 'tcpdump.pcap', interface: 'unknown', direction: 'unknown' }]
      : [],
  );
}

/** The pod whose class lost most: whoever is hit looks at their own client. The first where nobody was. */
export function mostHitClient({ probes, setup }: Omit<RunEvidence, 'watched'>): string | undefined {
  const failed = Map.groupBy(
    probes.filter((event) => event.event === 'failed'),
    (event) => event.class,
  );
  const hits = setup.clients.map(({ name, pod }) => ({ pod, failures: failed.get(name)?.length ?? 0 }));
  return hits.reduce<(typeof hits)[number] | undefined>(
    (most, one) => (most === undefined || one.failures > most.failures ? one : most),
    undefined,
  )?.pod;
}
