// A set of times as sorted, disjoint spans; adding to it in any order gives the same set.
import type { Micros } from '../model/clock.ts';

/** From `start` to `end`, both included, in µs since the epoch; `count` is how many additions it is made of. */
export interface Span {
  readonly start: Micros;
  readonly end: Micros;
  readonly count: number;
}

/** Adds to sorted, disjoint spans in place; what lies no more than `gap` µs apart becomes one span. */
export function addSpan(spans: Span[], added: Span, gap: Micros): void {
  const from = firstReaching(spans, added.start - gap);
  let { start, end, count } = added;
  let to = from;
  for (let span = spans[to]; span !== undefined && span.start <= added.end + gap; span = spans[to]) {
    start = Math.min(start, span.start);
    end = Math.max(end, span.end);
    count += span.count;
    to += 1;
  }
  spans.splice(from, to - from, { start, end, count });
}

/**
 * Spans of any order and origin as sorted, disjoint ones: exactly what adding them one by one with this gap would have given. Spans
 * that were made with a smaller gap may be joined with a larger one.
 */
export function joinSpans(spans: readonly Span[], gap: Micros): Span[] {
  const joined: Span[] = [];
  let last: Span | undefined;
  for (const span of spans.toSorted((a, b) => a.start - b.start)) {
    if (last !== undefined && span.start <= last.end + gap) {
      last = { start: last.start, end: Math.max(last.end, span.end), count: last.count + span.count };
      joined[joined.length - 1] = last;
    } else {
      joined.push((last = span));
    }
  }
  return joined;
}

/** Total length in µs. */
export function lengthOf(spans: readonly Span[]): Micros {
  return spans.reduce((sum, span) => sum + (span.end - span.start), 0);
}

/** Whether `at` lies in one of the spans, ends included. */
export function covers(spans: readonly Span[], at: Micros): boolean {
  const span = spans[firstReaching(spans, at)];
  return span !== undefined && span.start <= at;
}

/** Total length in µs of what lies in both sets. */
export function sharedLength(a: readonly Span[], b: readonly Span[]): Micros {
  let total = 0;
  let [i, j] = [0, 0];
  for (;;) {
    const [left, right] = [a[i], b[j]];
    if (left === undefined || right === undefined) return total;
    total += Math.max(0, Math.min(left.end, right.end) - Math.max(left.start, right.start));
    if (left.end < right.end) i += 1;
    else j += 1;
  }
}

/** Index of the first span that ends at or after `at`. */
function firstReaching(spans: readonly Span[], at: Micros): number {
  let [low, high] = [0, spans.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((spans[middle]?.end ?? Number.POSITIVE_INFINITY) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
