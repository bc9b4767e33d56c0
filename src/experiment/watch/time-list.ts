// Things that come nearly in order of their times, to be asked for by time: looking for some does not pass all the others.
import type { Micros } from '../../model/clock.ts';

export interface TimeList<T> {
  add(item: T, at: Micros): void;
  /** Both included; at most `most` of them, the latest. */
  between(from: Micros, to: Micros, most?: number): T[];
  /** The time of the one that has so many after it; undefined where there are fewer. */
  timeOfLast(count: number): Micros | undefined;
  /** Lets go of what is older. */
  forget(before: Micros, onForgotten?: (item: T) => void): void;
  readonly size: number;
}

export function createTimeList<T>(): TimeList<T> {
  let items: { readonly item: T; readonly at: Micros }[] = [];
  // What is forgotten stands at the front until there is enough of it to be moved away.
  let start = 0;
  const firstNotBefore = (time: Micros): number => {
    let [low, high] = [start, items.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((items[middle]?.at ?? 0) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return {
    add(item, at) {
      let place = items.length;
      while (place > start && (items[place - 1]?.at ?? 0) > at) place -= 1;
      if (place === items.length) items.push({ item, at });
      else items.splice(place, 0, { item, at });
    },
    between(from, to, most = Number.POSITIVE_INFINITY) {
      const found: T[] = [];
      let place = firstNotBefore(from);
      if (Number.isFinite(most)) place = Math.max(place, firstNotBefore(to + 1) - most);
      for (; place < items.length; place += 1) {
        const one = items[place];
        if (one === undefined || one.at > to) break;
        found.push(one.item);
      }
      return found;
    },
    timeOfLast: (count) => (items.length - start < count ? undefined : items[items.length - count]?.at),
    forget(before, onForgotten) {
      const first = firstNotBefore(before);
      if (onForgotten !== undefined)
        for (let place = start; place < first; place += 1) {
          const one = items[place];
          if (one !== undefined) onForgotten(one.item);
        }
      start = first;
      if (start < 1_024 && start < items.length) return;
      items = items.slice(start);
      start = 0;
    },
    get size() {
      return items.length - start;
    },
  };
}
