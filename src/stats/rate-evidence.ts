// Evidence that a class's own rate of episodes is below, or above, a given one; valid at any time, as in e-process.ts.
import type { Rate } from '../model/run-record.ts';
import { firstDoubling, turningPoint } from './bisect.ts';
import { lnLowerGamma, lnUpperGamma } from './gamma.ts';

/**
 * ln of an e-process against "the rate is at least expected/T": `count` episodes in a time T in which such a rate would bring
 * `expected`. For every rate u times as high, 0 ≤ u < 1, u^count·exp((1−u)·expected) is one; we give half the weight to u = 0 and
 * spread the rest evenly, so that a clean run is proved in 3.5 times the mean gap instead of 4.5.
 */
export function logEvidenceBelow(count: number, expected: number): number {
  if (expected === 0) return count === 0 ? 0 : -Math.log(2 * (count + 1));
  const spread = expected + lnLowerGamma(count + 1, expected) - (count + 1) * Math.log(expected);
  return (count === 0 ? logAdd(expected, spread) : spread) - Math.LN2;
}

/**
 * ln of an e-process against "the rate is at most expected/T": the same with u > 1, weighted by 1/u², whose heavy tail also
 * suits a rate hundreds of times as high. Below two episodes it is set to zero: one episode alone proves no rate.
 */
export function logEvidenceAbove(count: number, expected: number): number {
  if (count < 2 || expected === 0) return Number.NEGATIVE_INFINITY;
  return expected + lnUpperGamma(count - 1, expected) - (count - 1) * Math.log(expected);
}

/** The lowest rate, in 1/`exposure`'s unit, that is excluded with certainty 1 − alpha at all times; null without exposure. */
export function upperRateBound(count: number, exposure: number, alpha: number): number | null {
  if (!(exposure > 0)) return null;
  const excluded = (expected: number): boolean => logEvidenceBelow(count, expected) >= -Math.log(alpha);
  const start = count + 1;
  const above = firstDoubling(excluded, start);
  return above === undefined ? null : turningPoint(excluded, 0, above) / exposure;
}

/** The highest rate that is excluded from below, likewise; 0 when none is. */
export function lowerRateBound(count: number, exposure: number, alpha: number): number {
  if (!(exposure > 0) || count < 2) return 0;
  const excluded = (expected: number): boolean => logEvidenceAbove(count, expected) >= -Math.log(alpha);
  return turningPoint(excluded, count, 0) / exposure;
}

/** A rate with both bounds; each holds at every moment of the run at once, with probability 1 − alpha on its own. */
export function rateBounds(count: number, exposure: number, alpha: number): Rate {
  return {
    estimate: exposure > 0 ? count / exposure : null,
    low: lowerRateBound(count, exposure, alpha),
    high: upperRateBound(count, exposure, alpha),
  };
}

/**
 * The lowest maximum, per hour, that a clean run of `seconds` proves: what to pass as maxRatePerHour when the length of the
 * run is given. Leave a margin for the time until the first connection is open.
 */
export function provableRatePerHour(seconds: number, alpha = 0.05): number {
  return upperRateBound(0, seconds / 3_600, alpha) ?? Number.POSITIVE_INFINITY;
}

/** ln(e^a + e^b). */
export function logAdd(a: number, b: number): number {
  const [high, low] = a > b ? [a, b] : [b, a];
  return high === Number.NEGATIVE_INFINITY ? high : high + Math.log1p(Math.exp(low - high));
}
