// Series for each pair of nodes. Plans change, and with them the pairs: those that no plan has any more are dropped.
import type { MeshClass, MeshPath } from '../model/mesh-plan.ts';
import type { Metrics } from './registry.ts';

export interface RouteLabels {
  readonly class: MeshClass;
  readonly path: MeshPath;
}

/** A route with both ends' nodes, for pair series. */
export interface Pair extends RouteLabels {
  readonly source: string;
  readonly target: string;
}

export interface PairMetrics {
  exposure(pair: Pair, seconds: number): void;
  reset(pair: Pair): void;
  opened(pair: Pair, change: 1 | -1): void;
  /** The targets of the plan from now on. */
  keep(targets: ReadonlySet<string>): void;
  /** Drops the series of pairs that have no open connection and whose target is not in the plan; to be called after a scrape. */
  forget(): void;
}

/** So many pairs that are not in the plan may wait for a scrape. */
const mostOutdated = 1_000;

export function createPairMetrics(metrics: Metrics): PairMetrics {
  const names = ['source', 'target', 'class', 'path'] as const;
  const seconds = metrics.counter(
    'pair_connection_seconds_total',
    'Seconds that connections between two nodes were open.',
    names,
  );
  const resets = metrics.counter(
    'pair_resets_total',
    'Established connections between two nodes that were reset.',
    names,
  );
  const open = metrics.gauge('pair_connections', 'Connections between two nodes that are open now.', names);
  const known = new Map<string, { readonly labels: ReturnType<typeof labelsOf>; open: number }>();
  let planned: ReadonlySet<string> = new Set();

  function entryOf(pair: Pair) {
    const labels = labelsOf(pair);
    const key = JSON.stringify(labels);
    const entry = known.get(key) ?? { labels, open: 0 };
    known.set(key, entry);
    return entry;
  }

  function forget(): void {
    for (const [key, entry] of known) {
      if (entry.open > 0 || isKept(entry.labels.target)) continue;
      known.delete(key);
      for (const metric of [seconds, resets, open]) metric.remove(entry.labels);
    }
  }

  /** A label with a space, and an empty one, is no node's, and one of few. */
  const isKept = (target: string) => planned.has(target) || target === '' || target.includes(' ');

  return {
    exposure: (pair, value) => seconds.inc(entryOf(pair).labels, value),
    reset: (pair) => resets.inc(entryOf(pair).labels),
    opened(pair, change) {
      const entry = entryOf(pair);
      entry.open += change;
      open.inc(entry.labels, change);
      resets.inc(entry.labels, 0);
      seconds.inc(entry.labels, 0);
    },
    keep(targets) {
      planned = targets;
      if (known.size > targets.size + mostOutdated) forget();
    },
    forget,
  };
}

function labelsOf({ source, target, class: meshClass, path }: Pair) {
  return { source, target, class: meshClass, path };
}
