// Runs a scenario's agents on their schedules, with seeded phase and jitter, until told to stop.
import { seededRandom } from '../../model/random.ts';
import type { Random } from '../../model/random.ts';
import type { AgentSpec } from '../../model/scenario.ts';
import { refreshRoutes } from './felix/changes.ts';
import { repeat } from '../world/repeat.ts';
import { reconcileRules } from './netd/changes.ts';

export interface Agents {
  /** Rejects when an agent fails; never resolves otherwise. */
  readonly failed: Promise<never>;
  /** Starts no further action and waits for the one under way. */
  stop(): Promise<void>;
}

/**
 * Starts one loop per agent. All periods are divided by `speed`. Each agent draws its phase and jitter from a
 * stream of its own, so that `seed` fixes when each acts, however the loops interleave.
 */
export function runAgents(specs: readonly AgentSpec[], speed: number, seed: number): Agents {
  const stopping = new AbortController();
  const loops = specs.map((spec, index) => {
    const random = seededRandom(seed * 1_000 + index);
    return repeat(act(spec), schedule(spec, speed, random), stopping.signal);
  });
  const failed = new Promise<never>((_resolve, reject) => {
    for (const each of loops) each.catch(reject);
  });
  failed.catch(() => undefined);
  return {
    failed,
    async stop() {
      stopping.abort();
      await Promise.allSettled(loops);
    },
  };
}

function act(spec: AgentSpec): () => Promise<unknown> {
  switch (spec.kind) {
    case 'netd':
      return () => reconcileRules(spec.node, spec.rules);
    case 'felix':
      return () => refreshRoutes(spec.node, spec.routeTableRange);
  }
}

/** Yields the delays, in milliseconds, before each action. */
function* schedule(spec: AgentSpec, speed: number, random: Random): Generator<number, never> {
  switch (spec.kind) {
    case 'netd':
      yield (random.next() * spec.reconcileMs) / speed;
      for (;;) yield spec.reconcileMs / speed;
    case 'felix':
      yield (random.next() * spec.refreshMs) / speed;
      for (;;) yield (spec.refreshMs + random.next() * spec.jitterMs) / speed;
  }
}
