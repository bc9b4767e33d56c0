// Simulated triggers, and the resets that connections see of them.
import type { Random } from '../../src/model/random.ts';
import type { SimulatedClass, SimulatedHistory } from './history.ts';

/** At `at` (seconds) it hits so many connections of the co-located and of the remote class. */
export interface SimulatedTrigger {
  readonly at: number;
  readonly hits: readonly [coLocated: number, remote: number];
}

export interface Watching {
  readonly connections: readonly [coLocated: number, remote: number];
  /** Seconds at which the classes connected, and until when both were watched. */
  readonly from: readonly [coLocated: number, remote: number];
  readonly until: number;
}

/**
 * Seconds between two probes of a connection, and the episode window: a connection finds out by its next probe, so the resets
 * of one trigger lie within one period after it.
 */
export const period = 1;

/** What the clients see: each connection that a trigger hits finds out at some moment of the next period. */
export function historyOf(
  random: Random,
  triggers: readonly SimulatedTrigger[],
  watching: Watching,
): SimulatedHistory {
  const see = (side: 0 | 1): SimulatedClass => {
    const resets: number[] = [];
    const [from, until] = [watching.from[side], watching.until];
    for (const { at, hits } of triggers) {
      for (let hit = 0; hit < hits[side]; hit += 1) {
        const seenAt = at + period * random.next();
        if (at >= from && seenAt < until) resets.push(seenAt);
      }
    }
    resets.sort((a, b) => a - b);
    return { connections: watching.connections[side], from, until, resets };
  };
  return { coLocated: see(0), remote: see(1) };
}

/** A trigger that hits `count` connections of the co-located class with probability `share`, else of the remote one. */
export function onOneSide(random: Random, at: number, count: number, share = 0.5): SimulatedTrigger {
  return { at, hits: random.next() < share ? [count, 0] : [0, count] };
}
