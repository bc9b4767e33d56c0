// Which triggers hit one class alone and which hit both: resets of either class with no wider gap between them are one.
import type { Micros } from '../model/clock.ts';
import { joinSpans, type Span } from '../stats/spans.ts';

/** One trigger: resets of either class, each no later than the window after the one before it. */
export interface Trigger extends Span {
  /** How many of its resets were of the first and of the second class. */
  readonly resets: readonly [first: number, second: number];
}

/**
 * All triggers of two classes, in order of time. `first` and `second` are resets joined at `window` (µs) or less; the result is
 * that of single linkage at `window` over the resets of both. A class is never split: if one alone was hit, the trigger
 * is an episode of that class; with both it is a common one.
 */
export function findTriggers(first: readonly Span[], second: readonly Span[], window: Micros): Trigger[] {
  const firstCounts = countStarts(first);
  const secondCounts = countStarts(second);
  return joinSpans([...first, ...second], window).map((span) => ({
    ...span,
    resets: [firstCounts(span), secondCounts(span)],
  }));
}

/** Walks sorted spans once: each call takes a later stretch of time and sums the counts of the spans that begin in it. */
function countStarts(spans: readonly Span[]): (within: Span) => number {
  let next = 0;
  return (within) => {
    let sum = 0;
    for (let span = spans[next]; span !== undefined && span.start <= within.end; span = spans[next]) {
      sum += span.count;
      next += 1;
    }
    return sum;
  };
}
