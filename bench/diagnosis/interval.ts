// How far a counted share may be from the true one.
import { binomialCdf } from '../../src/stats/beta.ts';
import { turningPoint } from '../../src/stats/bisect.ts';

/**
 * The exact interval of Clopper and Pearson (1934) for a share that was met `successes` times in `trials`: it holds the true share
 * with at least the probability `level`, whatever that share is. Null without trials.
 */
export function shareInterval(
  successes: number,
  trials: number,
  level = 0.95,
): { readonly low: number; readonly high: number } | null {
  if (trials === 0) return null;
  const tail = (1 - level) / 2;
  const asManyOrMore = (share: number) => 1 - binomialCdf(successes - 1, trials, share);
  const asManyOrFewer = (share: number) => binomialCdf(successes, trials, share);
  return {
    low: successes === 0 ? 0 : turningPoint((share) => asManyOrMore(share) >= tail, 0, 1),
    high: successes === trials ? 1 : turningPoint((share) => asManyOrFewer(share) >= tail, 1, 0),
  };
}
