// How much longer a run must go on to be decided, if it goes on as it did.
import { firstDoubling, turningPoint } from '../stats/bisect.ts';
import { judge, type ClassCounts, type Counts, type Limits } from './judge.ts';

/**
 * Seconds until judge() decides when every count grows in proportion to time; for a run without any reset that is the time
 * until `none` is proved. Null when a million times as long would not do, or nothing was shared.
 */
export function secondsToDecide(counts: Counts, limits: Limits, sharedSeconds: number): number | null {
  if (!(sharedSeconds > 0 && counts.coLocated.hours > 0 && counts.remote.hours > 0)) return null;
  const decided = (seconds: number): boolean =>
    judge(continueFor(counts, seconds, sharedSeconds), limits).outcome !== 'inconclusive';
  const enough = firstDoubling(decided, sharedSeconds / 1_024, 30);
  return enough === undefined ? null : Math.ceil(turningPoint(decided, 0, enough, 40));
}

function continueFor(counts: Counts, seconds: number, sharedSeconds: number): Counts {
  const growth = 1 + seconds / sharedSeconds;
  const grow = (one: ClassCounts): ClassCounts => {
    const hours = one.hours + seconds / 3_600;
    return { own: one.own * growth, episodes: one.episodes * (hours / one.hours), hours };
  };
  return {
    ...counts,
    coLocated: grow(counts.coLocated),
    remote: grow(counts.remote),
    common: counts.common * growth,
  };
}
