// Things with a beginning and an end, to be asked for by time: thousands of incidents each ask for theirs among thousands.
import { parseMicros, type Micros } from '../model/clock.ts';

export interface SpanIndex<T> {
  /** Those that end at `from` or later and begin at `to` or earlier, in order of their ends. */
  within(from: Micros, to: Micros): T[];
}

/** @param items In order of `at`, their end; `since` is their beginning. */
export function indexSpans<T extends { readonly since: string; readonly at: string }>(
  items: readonly T[],
): SpanIndex<T> {
  const ends = Float64Array.from(items, ({ at }) => parseMicros(at));
  const begins = Float64Array.from(items, ({ since }) => parseMicros(since));
  let longest = 0;
  ends.forEach((end, index) => (longest = Math.max(longest, end - (begins[index] ?? end))));

  /** The first that ends at `time` or later. */
  function firstEndingAt(time: Micros): number {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ends[middle] ?? 0) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  return {
    within(from, to) {
      const found: T[] = [];
      for (let index = firstEndingAt(from); index < items.length; index++) {
        // None that ends later can begin in time.
        if ((ends[index] ?? 0) - longest > to) break;
        const item = items[index];
        if (item !== undefined && (begins[index] ?? 0) <= to) found.push(item);
      }
      return found;
    },
  };
}
