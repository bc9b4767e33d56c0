// What the coordinator says of itself: how much of the cluster its plan covers, and whether it still hears the API.
import { createMetrics, type Exposition } from './registry.ts';

export interface CoordinatorNumbers {
  readonly planned: number;
  readonly leftOut: number;
  /** Planned nodes that the API speaks against. */
  readonly held: number;
  /** Planned nodes that an agent which polls has as its target. */
  readonly covered: number;
  /** Agents that poll. */
  readonly agents: number;
  readonly synced: boolean;
}

export interface CoordinatorMetrics extends Exposition {
  planned(seconds: number): void;
  watchError(): void;
  /** A connection was beyond this limit. */
  beyond(limit: string): void;
}

/** @param numbers Asked at each scrape. */
export function createCoordinatorMetrics(numbers: () => CoordinatorNumbers): CoordinatorMetrics {
  const metrics = createMetrics();
  const name = (rest: string) => `coordinator_${rest}`;
  const nodes = metrics.gauge(name('nodes'), 'Nodes of the cluster, by whether they are in the plan.', [
    'state',
  ]);
  // Once for each scrape: they are counted over the whole cluster.
  let scraped: CoordinatorNumbers | undefined;
  const asked = (suffix: string, help: string, value: (now: CoordinatorNumbers) => number) =>
    metrics.asked(name(suffix), help, () => value(scraped ?? numbers()));
  asked('covered_nodes', 'Planned nodes that an agent which polls has as its target.', (now) => now.covered);
  asked(
    'held_nodes',
    'Planned nodes that the API calls not ready: it says so of most at once, which is taken for a fault of its own.',
    (now) => now.held,
  );
  asked('agents', 'Agents that poll.', (now) => now.agents);
  asked('synced', '1 while nodes and endpoints are known and watched, 0 otherwise.', (now) =>
    now.synced ? 1 : 0,
  );
  const planSeconds = metrics.gauge(name('plan_seconds'), 'What the last plan took to compute.');
  const changes = metrics.counter(name('plan_changes_total'), 'Plans computed.');
  const errors = metrics.counter(name('watch_errors_total'), 'Lists and watches of the API that failed.');
  const beyond = metrics.counter(
    name('connections_beyond_total'),
    'Connections of clients beyond a limit, which were answered nothing but the health.',
    ['limit'],
  );
  for (const limit of ['connections', 'connections-per-address']) beyond.inc({ limit }, 0);
  return {
    contentType: metrics.contentType,
    async text() {
      scraped = numbers();
      const { planned, leftOut } = scraped;
      nodes.set({ state: 'planned' }, planned);
      nodes.set({ state: 'left-out' }, leftOut);
      return await metrics.text();
    },
    planned(seconds) {
      planSeconds.set(seconds);
      changes.inc();
    },
    watchError: () => errors.inc(),
    beyond: (limit) => beyond.inc({ limit }),
  };
}
