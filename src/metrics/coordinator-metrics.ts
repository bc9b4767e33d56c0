// What the coordinator says of itself: how much of the cluster its plan covers, and whether it still hears the API.
import { Counter, expose, Gauge, prefix, Registry } from './registry.ts';
import type { Exposition } from './registry.ts';

export interface CoordinatorNumbers {
  readonly planned: number;
  readonly leftOut: number;
  /** Planned nodes that an agent which polls has as its target. */
  readonly covered: number;
  /** Agents that poll. */
  readonly agents: number;
  readonly synced: boolean;
}

export interface CoordinatorMetrics extends Exposition {
  planned(seconds: number): void;
  watchError(): void;
}

/** @param numbers Asked at each scrape. */
export function createCoordinatorMetrics(numbers: () => CoordinatorNumbers): CoordinatorMetrics {
  const registry = new Registry();
  const registers = [registry];
  const name = (rest: string) => `${prefix}coordinator_${rest}`;
  const nodes = new Gauge({
    name: name('nodes'),
    help: 'Nodes of the cluster, by whether they are in the plan.',
    labelNames: ['state'] as const,
    registers,
    collect() {
      const { planned, leftOut } = numbers();
      this.set({ state: 'planned' }, planned);
      this.set({ state: 'left-out' }, leftOut);
    },
  });
  nodes.set({ state: 'planned' }, 0);
  const asked = (suffix: string, help: string, value: (now: CoordinatorNumbers) => number) =>
    new Gauge({
      name: name(suffix),
      help,
      registers,
      collect() {
        this.set(value(numbers()));
      },
    });
  asked('covered_nodes', 'Planned nodes that an agent which polls has as its target.', (now) => now.covered);
  asked('agents', 'Agents that poll.', (now) => now.agents);
  asked('synced', '1 while nodes and endpoints are known and watched, 0 otherwise.', (now) =>
    now.synced ? 1 : 0,
  );
  const planSeconds = new Gauge({
    name: name('plan_seconds'),
    help: 'What the last plan took to compute.',
    registers,
  });
  const changes = new Counter({ name: name('plan_changes_total'), help: 'Plans computed.', registers });
  const errors = new Counter({
    name: name('watch_errors_total'),
    help: 'Lists and watches of the API that failed.',
    registers,
  });
  return {
    ...expose(registry),
    planned(seconds) {
      planSeconds.set(seconds);
      changes.inc();
    },
    watchError: () => errors.inc(),
  };
}
