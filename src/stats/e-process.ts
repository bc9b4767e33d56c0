// Evidence against "both classes are hit alike" that may be looked at after every episode without crying wolf.
import { lnBeta } from './beta.ts';
import { turningPoint } from './bisect.ts';

/** The shares of episodes that the first class may have when there is no difference; one point when low = high. */
export interface NullShare {
  readonly low: number;
  readonly high: number;
}

/** An interval that holds the truth at every moment of the run at once, with probability 1 − alpha. */
export interface Sequence {
  readonly low: number;
  readonly high: number;
}

const lnBetaHalf = lnBeta(0.5, 0.5);

/**
 * ln E for `hits` of `total` episodes in one class, against a chance of `share` for each: the binomial likelihood, averaged over
 * its parameter with weight Beta(1/2, 1/2), over that of `share`. Under `share` it is the logarithm of a martingale that
 * starts at 1, so E ever reaches 1/α with probability ≤ α (Ville 1939; Robbins 1970). Both numbers may be fractions.
 */
export function logEValue(hits: number, total: number, share: number): number {
  const misses = total - hits;
  const mixture = lnBeta(hits + 0.5, misses + 0.5) - lnBetaHalf;
  return mixture - timesLog(hits, share) - timesLog(misses, 1 - share);
}

/** ln E against every share from null.low to null.high: the least of them, so it is valid whichever of them is true. */
export function logEAgainst(hits: number, total: number, nullShare: NullShare): number {
  const likeliest = total > 0 ? hits / total : nullShare.low;
  return logEValue(hits, total, Math.min(nullShare.high, Math.max(nullShare.low, likeliest)));
}

/** The shares that E has not reached 1/alpha against (Howard, Ramdas, McAuliffe and Sekhon, Annals of Statistics 2021). */
export function shareSequence(hits: number, total: number, alpha: number): Sequence {
  if (total === 0) return { low: 0, high: 1 };
  const needed = -Math.log(alpha);
  const kept = (share: number): boolean => logEValue(hits, total, share) < needed;
  const likeliest = hits / total;
  return {
    low: hits === 0 ? 0 : turningPoint(kept, 0, likeliest),
    high: hits === total ? 1 : turningPoint(kept, 1, likeliest),
  };
}

/** How many times the rate of the second class the first one's is; null stands for no upper limit. */
export interface RateRatio {
  /** Null when the second class has no episode of its own. */
  readonly estimate: number | null;
  readonly low: number;
  readonly high: number | null;
}

/**
 * The ratio of the classes' rates, with a confidence sequence: the odds of the share over the odds that the share has
 * without a difference. A null share that is a range makes the sequence wider, never narrower.
 */
export function rateRatio(hits: number, total: number, nullShare: NullShare, alpha: number): RateRatio {
  const { low, high } = shareSequence(hits, total, alpha);
  const middle = Math.sqrt(odds(nullShare.low) * odds(nullShare.high));
  return {
    estimate: hits === total ? null : odds(hits / total) / middle,
    low: odds(low) / odds(nullShare.high),
    high: high === 1 ? null : odds(high) / odds(nullShare.low),
  };
}

function odds(share: number): number {
  return share / (1 - share);
}

/** n·ln x, with 0·ln 0 = 0. */
function timesLog(n: number, x: number): number {
  return n === 0 ? 0 : n * Math.log(x);
}
