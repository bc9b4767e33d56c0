// What an agent counts, with closed label sets: the number of series does not grow with the cluster, unless pairs are asked for.
import {
  exclusionCauses,
  meshClasses,
  meshPaths,
  refusalReasons,
  type ExclusionCause,
  type RefusalReason,
} from '../model/mesh-plan.ts';
import { failureKinds, type FailureKind } from '../model/probe-event.ts';
import { createPairMetrics, type Pair, type RouteLabels } from './pair-metrics.ts';
import { createMetrics, type Exposition } from './registry.ts';

export type { Pair } from './pair-metrics.ts';

interface PlannedConnections {
  readonly route: RouteLabels;
  readonly connections: number;
  /** They go to the Service of all servers, and so to a node of any class. */
  readonly anywhere: boolean;
}

export interface AgentMetrics extends Exposition {
  probe(route: RouteLabels, outcome: 'answered' | FailureKind): void;
  /** From due to answered. */
  answer(route: RouteLabels, seconds: number): void;
  exposure(pair: Pair, seconds: number): void;
  reset(pair: Pair): void;
  episode(route: RouteLabels): void;
  excluded(route: RouteLabels, cause: ExclusionCause): void;
  loopDelay(seconds: number): void;
  /** Planned connections by route; all others become 0. Every counter of the routes that they can take begins at 0. */
  targets(planned: readonly PlannedConnections[]): void;
  /** Planned connections that have not had an answer yet, one route each; all others become 0. */
  unanswered(routes: readonly RouteLabels[]): void;
  open(pair: Pair, change: 1 | -1): void;
  /** Of pairs to other targets the series go, once they were scraped and nothing is open; what is no node's name stays. */
  keepPairs(targets: ReadonlySet<string>): void;
  refused(reason: RefusalReason): void;
  info(node: string, zone: string): void;
}

/** Seconds: a datagram's way within a node, within a zone, between zones, one retransmission, several, the time limit. */
const answerBuckets = [0.001, 0.005, 0.025, 0.1, 0.5, 1, 5, 30];
const delayBuckets = [0.01, 0.1, 1, 10];

export interface AgentMetricsSettings {
  readonly version: string;
  /** Also series for each pair of nodes. */
  readonly pairs: boolean;
  /** Called before each scrape, to bring counters of time up to date. */
  readonly onScrape: () => void;
  /** Seconds since the coordinator last confirmed the plan; NaN when it never has. */
  readonly planAge: () => number;
}

export function createAgentMetrics(settings: AgentMetricsSettings): AgentMetrics {
  const metrics = createMetrics();
  const route = ['class', 'path'] as const;
  const pairs = settings.pairs ? createPairMetrics(metrics) : undefined;
  const probes = metrics.counter(
    'probes_total',
    'Probes by how they ended; failures that a life-cycle rule leaves out are not among them.',
    [...route, 'outcome'],
  );
  const seconds = metrics.counter(
    'connection_seconds_total',
    'Seconds that connections were open: what resets are to be seen in proportion to.',
    route,
  );
  const resets = metrics.counter('resets_total', 'Established connections that were reset.', route);
  const episodes = metrics.counter(
    'episodes_total',
    'Groups of resets so close in time that they have one trigger.',
    route,
  );
  const excluded = metrics.counter(
    'excluded_total',
    'Failures that do not count, because of what was being done to a node, a server or the agent.',
    [...route, 'cause'],
  );
  const open = metrics.gauge('connections', 'Connections that are open now.', route);
  const targets = metrics.gauge('targets', 'Connections that the plan wants.', route);
  const unanswered = metrics.gauge(
    'unanswered_connections',
    'Connections that the plan wants and that have never had an answer.',
    route,
  );
  const refused = metrics.counter(
    'refused_total',
    'What was not taken: answers of the coordinator, plans, targets, and what servers say of themselves.',
    ['reason'],
  );
  for (const reason of refusalReasons) refused.inc({ reason }, 0);
  const answers = metrics.histogram(
    'answer_seconds',
    'From when a probe was due to its answer.',
    answerBuckets,
    route,
  );
  const loopDelay = metrics.histogram('loop_delay_seconds', 'How late the agent itself ran.', delayBuckets);
  metrics.asked(
    'plan_age_seconds',
    'Since the coordinator last confirmed the plan; NaN when it never has.',
    settings.planAge,
  );
  const info = metrics.gauge('agent_info', 'Always 1; who this agent is.', ['node', 'zone', 'version']);

  // rate() and increase() do not see the step from nothing to 1: a counter that comes with its first failure hides it.
  const begun = new Set<string>();
  function begin({ class: meshClass, path }: RouteLabels): void {
    const labels = { class: meshClass, path };
    if (begun.has(`${meshClass} ${path}`)) return;
    begun.add(`${meshClass} ${path}`);
    for (const outcome of ['answered', ...failureKinds]) probes.inc({ ...labels, outcome }, 0);
    for (const cause of exclusionCauses) excluded.inc({ ...labels, cause }, 0);
    answers.zero(labels);
  }

  for (const meshClass of meshClasses) {
    for (const path of meshPaths) {
      for (const counter of [seconds, resets, episodes]) counter.inc({ class: meshClass, path }, 0);
      open.set({ class: meshClass, path }, 0);
      targets.set({ class: meshClass, path }, 0);
      unanswered.set({ class: meshClass, path }, 0);
    }
  }
  const routeLabels = ({ class: meshClass, path }: RouteLabels) => ({ class: meshClass, path });
  return {
    contentType: metrics.contentType,
    async text() {
      settings.onScrape();
      const text = await metrics.text();
      pairs?.forget();
      return text;
    },
    probe: (of, outcome) => probes.inc({ ...routeLabels(of), outcome }),
    answer: (of, value) => answers.observe(routeLabels(of), value),
    exposure(of, value) {
      seconds.inc(routeLabels(of), value);
      pairs?.exposure(of, value);
    },
    reset(of) {
      resets.inc(routeLabels(of));
      pairs?.reset(of);
    },
    episode: (of) => episodes.inc(routeLabels(of)),
    excluded: (of, cause) => excluded.inc({ ...routeLabels(of), cause }),
    loopDelay: (value) => loopDelay.observe(value),
    targets(planned) {
      for (const { route: at, anywhere } of planned) {
        if (!anywhere) begin(at);
        else for (const meshClass of meshClasses) begin({ class: meshClass, path: at.path });
      }
      for (const meshClass of meshClasses) {
        for (const path of meshPaths) {
          const here = planned.filter(({ route: at }) => at.class === meshClass && at.path === path);
          const sum = here.reduce((total, { connections }) => total + connections, 0);
          targets.set({ class: meshClass, path }, sum);
        }
      }
    },
    unanswered(routes) {
      for (const meshClass of meshClasses) {
        for (const path of meshPaths) {
          const here = routes.filter((at) => at.class === meshClass && at.path === path);
          unanswered.set({ class: meshClass, path }, here.length);
        }
      }
    },
    open(of, change) {
      open.inc(routeLabels(of), change);
      pairs?.opened(of, change);
    },
    keepPairs: (names) => pairs?.keep(names),
    refused: (reason) => refused.inc({ reason }),
    info(node, zone) {
      info.reset();
      info.set({ node, zone, version: settings.version }, 1);
    },
  };
}
