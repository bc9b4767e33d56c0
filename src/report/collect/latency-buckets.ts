// Latencies counted in buckets of a logarithmic scale, eight to a doubling: any quantile within 5%, small enough for every column.
import type { LatencyBar } from '../run-view.ts';

const perDoubling = 8;
const smallestMs = 1e-3;
const buckets = 30 * perDoubling;

export interface LatencyBuckets {
  count: number;
  /** Bucket → how many; most columns touch only a few. */
  readonly counts: Map<number, number>;
}

export const emptyLatency = (): LatencyBuckets => ({ count: 0, counts: new Map() });

/** Counts one latency; what lies outside 1 µs … 12 days is counted as the nearest of the two. */
export function addLatency(into: LatencyBuckets, milliseconds: number): void {
  const index = Math.floor(Math.log2(Math.max(smallestMs, milliseconds) / smallestMs) * perDoubling);
  addTo(into, Math.min(buckets - 1, index), 1);
}

export function mergeLatency(into: LatencyBuckets, from: LatencyBuckets): void {
  for (const [index, count] of from.counts) addTo(into, index, count);
}

/** The geometric middle of the bucket with the smallest value that at least the share `q` does not exceed; null when empty. */
export function latencyQuantile({ count, counts }: LatencyBuckets, q: number): number | null {
  let left = Math.max(1, Math.ceil(q * count));
  for (const index of [...counts.keys()].sort((a, b) => a - b)) {
    left -= counts.get(index) ?? 0;
    if (left <= 0) return lowOf(index + 0.5);
  }
  return null;
}

/** The distribution in bars, four to a doubling, from the first that is not empty to the last. */
export function latencyBars({ count, counts }: LatencyBuckets): LatencyBar[] {
  const perBar = perDoubling / 4;
  const bars = new Map<number, number>();
  for (const [index, value] of counts) {
    const bar = Math.floor(index / perBar);
    bars.set(bar, (bars.get(bar) ?? 0) + value);
  }
  if (bars.size === 0) return [];
  const first = Math.min(...bars.keys());
  return Array.from({ length: Math.max(...bars.keys()) - first + 1 }, (_, offset) => {
    const bar = first + offset;
    return {
      lowMs: lowOf(bar * perBar),
      highMs: lowOf((bar + 1) * perBar),
      share: (bars.get(bar) ?? 0) / count,
    };
  });
}

function addTo(into: LatencyBuckets, index: number, count: number): void {
  into.counts.set(index, (into.counts.get(index) ?? 0) + count);
  into.count += count;
}

const lowOf = (index: number) => smallestMs * 2 ** (index / perDoubling);
