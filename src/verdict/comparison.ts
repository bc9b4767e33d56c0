// What two histories say about each other: only what happened while both classes were watched is compared.
import type { ClassHistory } from './class-tally.ts';
import type { NullShare } from './e-process.ts';
import { findTriggers } from './episodes.ts';
import type { ClassCounts, Counts } from './judge.ts';
import { covers, joinSpans, lengthOf, sharedLength } from './spans.ts';

export interface Comparison {
  readonly counts: Counts;
  /** Seconds in which both classes had an open connection. */
  readonly sharedSeconds: number;
  /** Triggers too recent to know whether they hit both classes. */
  readonly waiting: number;
  /** Triggers at a time when only one of the classes had an open connection. */
  readonly unshared: number;
}

/**
 * Counts triggers by the class that they hit. Because only times are used at which both classes had a connection to lose, a rate
 * that drifts, or a class that started late, cannot look like a difference between them.
 */
export function compareHistories(
  coLocated: ClassHistory,
  remote: ClassHistory,
  episodeWindowMs: number,
): Comparison {
  const window = episodeWindowMs * 1_000;
  // A reset of the other class may still follow until then and make a trigger a common one.
  const settledUntil = Math.min(coLocated.lastAt, remote.lastAt) - window;
  let [ownCoLocated, ownRemote, common, waiting, unshared] = [0, 0, 0, 0, 0];
  for (const { start, end, resets } of findTriggers(coLocated.bursts, remote.bursts, window)) {
    if (!covers(coLocated.watched, start) || !covers(remote.watched, start)) unshared += 1;
    else if (end > settledUntil) waiting += 1;
    else if (resets[0] > 0 && resets[1] > 0) common += 1;
    else if (resets[0] > 0) ownCoLocated += 1;
    else ownRemote += 1;
  }
  return {
    counts: {
      coLocated: countsOf(coLocated, ownCoLocated, window),
      remote: countsOf(remote, ownRemote, window),
      common,
      nullShare: nullShareOf(coLocated, remote),
    },
    sharedSeconds: sharedLength(coLocated.watched, remote.watched) / 1e6,
    waiting,
    unshared,
  };
}

function countsOf(history: ClassHistory, own: number, window: number): ClassCounts {
  const hours = lengthOf(history.watched) / 3_600e6;
  return { own, episodes: joinSpans(history.bursts, window).length, hours };
}

/**
 * If triggers hit nodes, each class has half of them when both are watched; if they hit single connections, its share is that of
 * the connections. We cannot know which, so with unequal numbers the null is everything between the two.
 */
function nullShareOf(coLocated: ClassHistory, remote: ClassHistory): NullShare {
  const [a, b] = [meanOpen(coLocated), meanOpen(remote)];
  const byConnections = a + b > 0 ? a / (a + b) : 0.5;
  return { low: Math.min(0.5, byConnections), high: Math.max(0.5, byConnections) };
}

/** Connections held on average while any was. */
function meanOpen(history: ClassHistory): number {
  const watchedSeconds = lengthOf(history.watched) / 1e6;
  return watchedSeconds > 0 ? history.summary.connectionSeconds / watchedSeconds : 0;
}
