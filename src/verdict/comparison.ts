// What two histories say about each other: only what happened while both classes were watched is compared.
import type { ClassSummary } from '../model/run-record.ts';
import type { ClassHistory } from './class-tally.ts';
import type { NullShare } from '../stats/e-process.ts';
import { findTriggers, type Trigger } from './episodes.ts';
import type { ClassCounts, Counts } from './judge.ts';
import { covers, joinSpans, lengthOf, sharedLength } from '../stats/spans.ts';

/** The part of a ClassHistory that is compared. */
export interface ComparedClass extends Pick<ClassHistory, 'bursts' | 'watched' | 'lastAt'> {
  readonly summary: Pick<ClassSummary, 'connectionSeconds'>;
}

/**
 * Whom a trigger hit. `waiting`: it is too recent to know whether it hit both. `unshared`: it came when only one of the classes
 * had an open connection, so that it says nothing about the other.
 */
export type TriggerLabel = 'coLocated' | 'remote' | 'common' | 'waiting' | 'unshared';

export interface Comparison {
  readonly counts: Counts;
  readonly triggers: Readonly<Record<TriggerLabel, number>>;
  /** Seconds in which both classes had an open connection. */
  readonly sharedSeconds: number;
}

/** Counts the triggers of two classes, with all that judge() must know beside them. */
export function compareHistories(
  coLocated: ComparedClass,
  remote: ComparedClass,
  episodeWindowMs: number,
): Comparison {
  const triggers = { coLocated: 0, remote: 0, common: 0, waiting: 0, unshared: 0 };
  for (const { label } of labelTriggers(coLocated, remote, episodeWindowMs)) triggers[label] += 1;
  return {
    counts: {
      coLocated: countsOf(coLocated, triggers.coLocated, episodeWindowMs),
      remote: countsOf(remote, triggers.remote, episodeWindowMs),
      common: triggers.common,
      nullShare: nullShareOf(coLocated, remote),
    },
    triggers,
    sharedSeconds: sharedLength(coLocated.watched, remote.watched) / 1e6,
  };
}

/**
 * All triggers in order of time. Because only those are compared that came when both classes had a connection to lose, a rate
 * that drifts, or a class that started late, cannot look like a difference between them.
 */
export function labelTriggers(
  coLocated: ComparedClass,
  remote: ComparedClass,
  episodeWindowMs: number,
): readonly (Trigger & { readonly label: TriggerLabel })[] {
  const window = episodeWindowMs * 1_000;
  // A reset of the other class may still follow until then and make a trigger a common one.
  const settledUntil = Math.min(coLocated.lastAt, remote.lastAt) - window;
  const labelOf = ({ start, end, resets }: Trigger): TriggerLabel => {
    if (!covers(coLocated.watched, start) || !covers(remote.watched, start)) return 'unshared';
    if (end > settledUntil) return 'waiting';
    if (resets[0] > 0 && resets[1] > 0) return 'common';
    return resets[0] > 0 ? 'coLocated' : 'remote';
  };
  const triggers = findTriggers(coLocated.bursts, remote.bursts, window);
  return triggers.map((trigger) => ({ ...trigger, label: labelOf(trigger) }));
}

function countsOf(one: ComparedClass, own: number, episodeWindowMs: number): ClassCounts {
  const episodes = joinSpans(one.bursts, episodeWindowMs * 1_000).length;
  return { own, episodes, hours: lengthOf(one.watched) / 3_600e6 };
}

/**
 * If triggers hit nodes, each class has half of them when both are watched; if they hit single connections, its share is that of
 * the connections. We cannot know which, so with unequal numbers the null is everything between the two.
 */
export function nullShareOf(coLocated: ComparedClass, remote: ComparedClass): NullShare {
  const [a, b] = [meanOpen(coLocated), meanOpen(remote)];
  const byConnections = a + b > 0 ? a / (a + b) : 0.5;
  return { low: Math.min(0.5, byConnections), high: Math.max(0.5, byConnections) };
}

/** Connections held on average while any was. */
function meanOpen(one: ComparedClass): number {
  const watchedSeconds = lengthOf(one.watched) / 1e6;
  return watchedSeconds > 0 ? one.summary.connectionSeconds / watchedSeconds : 0;
}
