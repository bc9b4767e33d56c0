// A stretch of a list that is in order of time.
import { parseMicros, type Micros } from '../../model/clock.ts';

/** Those of a sorted list from `from` to `to`, both included. */
export function between<T extends { readonly at: string }>(
  events: readonly T[],
  from: Micros,
  to: Micros,
): T[] {
  const first = firstNotBefore(events, from);
  let last = first;
  while (last < events.length && parseMicros(events[last]?.at ?? '') <= to) last += 1;
  return events.slice(first, last);
}

/** The place of the first event at `time` or later: an incident of an hour's run must not look at all of it. */
function firstNotBefore(events: readonly { readonly at: string }[], time: Micros): number {
  let [low, high] = [0, events.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (parseMicros(events[middle]?.at ?? '') < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** For sorting by time. Stamps have one format and one zone, so their text sorts as their time does. */
export const byStamp = (a: { readonly at: string }, b: { readonly at: string }): number =>
  a.at < b.at ? -1 : a.at > b.at ? 1 : 0;
