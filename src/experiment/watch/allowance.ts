// How many losses may be judged each by itself: a few of any kind at once, and then so many a second.
import type { Micros } from '../../model/clock.ts';

export interface Allowance {
  /** Whether one more may be; it is counted then. */
  take(now: Micros): boolean;
  /** How many may be now. */
  left(now: Micros): number;
}

/** An incident has fewer than the first; who loses more than the other every second loses them alike. */
const [atOnce, perSecond] = [100, 3];

export function createAllowance(): Allowance {
  let level = atOnce;
  let filledAt: Micros | undefined;
  const left = (now: Micros): number => {
    level = Math.min(atOnce, level + (Math.max(0, now - (filledAt ?? now)) / 1e6) * perSecond);
    filledAt = now;
    return Math.floor(level);
  };
  return {
    take(now) {
      if (left(now) < 1) return false;
      level -= 1;
      return true;
    },
    left,
  };
}
