// Latencies in buckets whose width grows with the value: any quantile to within 1%, in bounded memory.

/** What is known about one of the recorded values: it lies between `low` and `high`; `value` is within 1% of it. */
interface Bucket {
  readonly low: number;
  readonly value: number;
  readonly high: number;
}

export interface Histogram {
  /** Records one value, in milliseconds; what lies outside 1 µs … 28 h is recorded as the nearest of the two. */
  add(milliseconds: number): void;
  readonly count: number;
  /** The bucket of the rank-th smallest value, 1 ≤ rank ≤ count; undefined outside. */
  atRank(rank: number): Bucket | undefined;
  /** The smallest recorded value that at least the share `q` of all values does not exceed, within 1%; null when empty. */
  quantile(q: number): number | null;
}

const smallest = 1e-3;
const largest = 1e8;
const relativeError = 0.01;
// A bucket (low, low·growth] is represented by 2·high/(growth+1), at most 1% from either end (the mapping of DDSketch: Masson,
// Rim and Lee, VLDB 2019).
const growth = (1 + relativeError) / (1 - relativeError);
const logGrowth = Math.log(growth);

/** An empty histogram; it never holds more than about 1,270 buckets. */
export function createHistogram(): Histogram {
  const buckets = new Map<number, number>();
  let count = 0;

  function atRank(rank: number): Bucket | undefined {
    if (rank < 1 || rank > count) return undefined;
    let seen = 0;
    for (const index of [...buckets.keys()].sort((a, b) => a - b)) {
      seen += buckets.get(index) ?? 0;
      if (seen >= rank) return bucketAt(index);
    }
    return undefined;
  }

  return {
    add(milliseconds) {
      const index = indexOf(milliseconds);
      buckets.set(index, (buckets.get(index) ?? 0) + 1);
      count += 1;
    },
    get count() {
      return count;
    },
    atRank,
    quantile: (q) => atRank(Math.max(1, Math.ceil(q * count)))?.value ?? null,
  };
}

function indexOf(milliseconds: number): number {
  const clamped = Math.min(largest, Math.max(smallest, milliseconds));
  return Math.ceil(Math.log(clamped / smallest) / logGrowth);
}

function bucketAt(index: number): Bucket {
  const high = smallest * growth ** index;
  return { low: index === 0 ? 0 : high / growth, value: (2 * high) / (growth + 1), high };
}
