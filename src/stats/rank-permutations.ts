// The exact permutation test of ranks: whether one group's values lie above another's by chance.
import { lnGamma } from './gamma.ts';

/**
 * The share of all ways to deal the values out to two groups of these sizes in which no more pairs are out of order than here; a pair is
 * out of order where the value of `above` is not larger than that of `below`. One-sided, after H. B. Mann and D. R. Whitney, Annals of
 * Mathematical Statistics 18, 1947; equal values count against, so that the share is never too small. 1 where a group is empty.
 */
export function chanceOfOrder(above: readonly number[], below: readonly number[]): number {
  const misordered = above.reduce((sum, high) => sum + below.filter((low) => low >= high).length, 0);
  const [n, m] = [above.length, below.length];
  const lnWays = lnGamma(n + m + 1) - lnGamma(n + 1) - lnGamma(m + 1);
  return Math.min(1, waysUpTo(misordered, n, m) / Math.exp(lnWays));
}

/** In how many of the ways at most so many pairs are out of order: the parts of a Gaussian binomial coefficient. */
function waysUpTo(most: number, n: number, m: number): number {
  // Ways with each number of pairs out of order, of groups that grow one by one.
  const ways = [1, ...new Array<number>(most).fill(0)];
  for (let size = 1; size <= n; size += 1) {
    const longer = m + size;
    for (let pairs = most; pairs >= longer; pairs -= 1)
      ways[pairs] = (ways[pairs] ?? 0) - (ways[pairs - longer] ?? 0);
    for (let pairs = size; pairs <= most; pairs += 1)
      ways[pairs] = (ways[pairs] ?? 0) + (ways[pairs - size] ?? 0);
  }
  return ways.reduce((sum, count) => sum + count, 0);
}
