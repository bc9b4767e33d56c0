// What a watch of a node counts, all day: the connections that were lost, by whose and why, and how well the watch itself sees.
import { createLossCounter, type LossCounter } from './loss-series.ts';
import { createMetrics, type Exposition } from './registry.ts';

/** Why losses have no Event. */
const withoutEventReasons = ['no-pod', 'refused', 'away', 'rate', 'bound'] as const;
export type WithoutEventReason = (typeof withoutEventReasons)[number];

const eventOutcomes = ['created', 'raised'] as const;
export type EventOutcome = (typeof eventOutcomes)[number];

/** How a loss was corrected when it was counted already. */
const lateCorrections = ['taken-back', 'changed'] as const;

export interface WatchMetrics extends Exposition {
  readonly losses: LossCounter;
  correctedLate(correction: (typeof lateCorrections)[number]): void;
  event(outcome: EventOutcome): void;
  withoutEvent(reason: WithoutEventReason, losses: number): void;
}

const witnessStates = ['well', 'limited', 'missing'] as const;
export type WitnessState = (typeof witnessStates)[number];

/** What is asked at each scrape. */
export interface WatchNumbers {
  /** Null where no witness lists them. */
  readonly connections: number | null;
  readonly processes: number | null;
  /** Counted by kernels and told by nobody, at least. */
  readonly untold: number;
  /** Said, and not counted yet. */
  readonly held: number;
  /** Pods of the node that the API has told of. */
  readonly pods: number;
  readonly seesLosses: boolean;
  /** Every witness by its name: `missing` does not run, `limited` does not see everything. */
  readonly witnesses: ReadonlyMap<string, WitnessState>;
}

export interface WatchMetricsSettings {
  readonly node: string;
  readonly version: string;
  readonly mostLabelSets: number;
  readonly numbers: () => WatchNumbers;
}

export function createWatchMetrics({
  node,
  version,
  mostLabelSets,
  numbers,
}: WatchMetricsSettings): WatchMetrics {
  const metrics = createMetrics('netdebug_');
  const losses = createLossCounter(metrics, mostLabelSets);
  const corrected = metrics.counter(
    'watch_late_corrections_total',
    'Losses that turned out to be something else, or none, after they were counted.',
    ['correction'],
  );
  for (const correction of lateCorrections) corrected.inc({ correction }, 0);
  const events = metrics.counter(
    'watch_events_total',
    'Kubernetes Events on pods that were made or raised.',
    ['outcome'],
  );
  for (const outcome of eventOutcomes) events.inc({ outcome }, 0);
  const eventless = metrics.counter(
    'watch_losses_without_event_total',
    'Ends of lost connections that no Kubernetes Event tells of, by the reason.',
    ['reason'],
  );
  for (const reason of withoutEventReasons) eventless.inc({ reason }, 0);
  const witnesses = metrics.gauge(
    'watch_witness',
    '1 of the state that each witness is in: well, limited (it does not see everything) or missing (it does not run).',
    ['witness', 'state'],
  );
  metrics
    .gauge('watch_info', 'Always 1; which watch this is.', ['node', 'version'])
    .set({ node, version }, 1);
  // Once for each scrape.
  let scraped: WatchNumbers | undefined;
  const asked = (name: string, help: string, value: (now: WatchNumbers) => number) =>
    metrics.asked(`watch_${name}`, help, () => value(scraped ?? numbers()));
  asked(
    'connections',
    'Connections that are watched; NaN where no witness lists them.',
    (now) => now.connections ?? Number.NaN,
  );
  asked('processes', 'Processes that these are of.', (now) => now.processes ?? Number.NaN);
  asked(
    'untold_losses',
    'Connections that kernels counted as lost since the watch began and that no witness told of, at least.',
    (now) => now.untold,
  );
  asked('held_losses', 'Losses that are not counted yet: a minute has not passed.', (now) => now.held);
  asked('pods', 'Pods of this node that the Kubernetes API has told of.', (now) => now.pods);
  asked('sees_losses', '1 while a witness runs that tells of lost connections, 0 otherwise.', (now) =>
    now.seesLosses ? 1 : 0,
  );
  metrics.asked('watch_label_sets', 'Label sets of netdebug_lost_connections_total.', () => losses.size);
  return {
    contentType: metrics.contentType,
    async text() {
      scraped = numbers();
      for (const [witness, now] of scraped.witnesses)
        for (const state of witnessStates) witnesses.set({ witness, state }, state === now ? 1 : 0);
      return await metrics.text();
    },
    losses,
    correctedLate: (correction) => corrected.inc({ correction }),
    event: (outcome) => events.inc({ outcome }),
    withoutEvent: (reason, count) => eventless.inc({ reason }, count),
  };
}
