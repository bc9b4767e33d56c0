// How long answers take in two classes: quantiles with intervals that assume nothing about the distribution.
import type { LatencyComparison } from '../model/run-record.ts';
import { binomialCdf } from '../stats/beta.ts';
import type { Histogram } from '../stats/histogram.ts';

type QuantileInterval = LatencyComparison['p50']['remote'];

/**
 * Compares the medians and 99th percentiles of two classes. All four intervals hold together with probability `level`, for a run
 * whose length was fixed beforehand and probes that are independent; probes of one slow spell are not, so read a narrow
 * difference with care.
 */
export function compareLatency(coLocated: Histogram, remote: Histogram, level = 0.95): LatencyComparison {
  const each = 1 - (1 - level) / 4;
  const compare = (q: number) => ({
    coLocated: quantileInterval(coLocated, q, each),
    remote: quantileInterval(remote, q, each),
  });
  const [p50, p99] = [compare(0.5), compare(0.99)];
  return { p50, p99, differs: [p50, p99].some((pair) => liesApart(pair.coLocated, pair.remote)) };
}

/**
 * The interval between two order statistics that holds the q-quantile with probability `level` at least (W. J. Conover, Practical
 * Nonparametric Statistics, 3rd ed., section 3.2): the number of values below it is binomial. Widened to the edges of the
 * histogram's buckets, so that rounding cannot make two equal distributions differ.
 */
export function quantileInterval(histogram: Histogram, q: number, level: number): QuantileInterval {
  const n = histogram.count;
  const tail = (1 - level) / 2;
  // Number of ranks r = 1 … n with P(X ≤ r−1) ≤ tail, and with P(X ≤ r−1) < 1−tail; X is binomial(n, q).
  const lowRank = countWhile(n, (rank) => binomialCdf(rank - 1, n, q) <= tail);
  const highRank = countWhile(n, (rank) => binomialCdf(rank - 1, n, q) < 1 - tail) + 1;
  return {
    estimate: histogram.quantile(q),
    low: histogram.atRank(lowRank)?.low ?? 0,
    high: histogram.atRank(highRank)?.high ?? null,
  };
}

function liesApart(a: QuantileInterval, b: QuantileInterval): boolean {
  return (a.high !== null && a.high < b.low) || (b.high !== null && b.high < a.low);
}

/** How many of 1 … n satisfy a condition that holds up to some rank and not after. */
function countWhile(n: number, condition: (rank: number) => boolean): number {
  let [holds, fails] = [0, n + 1];
  while (fails - holds > 1) {
    const middle = Math.floor((holds + fails) / 2);
    if (condition(middle)) holds = middle;
    else fails = middle;
  }
  return holds;
}
