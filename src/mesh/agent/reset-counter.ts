// Counts resets, and as episodes those that are further apart than one trigger's can be.
import type { AgentMetrics, Pair } from '../../metrics/agent-metrics.ts';

export interface ResetCounter {
  /** @param atMs When it was seen, monotonic milliseconds; not before the one before. */
  count(pair: Pair, atMs: number): void;
}

/** @param windowMs Resets of one class and path no further apart than this have one trigger. */
export function createResetCounter(
  windowMs: number,
  metrics: Pick<AgentMetrics, 'reset' | 'episode'>,
): ResetCounter {
  const lastMs = new Map<string, number>();
  return {
    count(pair, atMs) {
      const key = `${pair.class} ${pair.path}`;
      const last = lastMs.get(key) ?? Number.NEGATIVE_INFINITY;
      lastMs.set(key, Math.max(last, atMs));
      metrics.reset(pair);
      if (atMs - last > windowMs) metrics.episode(pair);
    },
  };
}
