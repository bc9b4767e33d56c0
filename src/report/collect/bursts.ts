// Resets that are close in time are one burst; when there are too many bursts to draw, the gap between them grows.
import type { Micros } from '../../model/clock.ts';

export interface Burst {
  readonly start: Micros;
  readonly end: Micros;
  readonly resets: number;
}

export interface Bursts {
  add(at: Micros): void;
  /** In order of time. */
  all(): readonly Burst[];
}

const mostBursts = 500;

/** Single linkage: resets no more than `window` µs apart belong together, in whatever order they are added. */
export function createBursts(window: Micros): Bursts {
  let bursts: Burst[] = [];
  // Twice nothing is nothing.
  let gap = Math.max(1, window);

  function insert(added: Burst): void {
    // Events come nearly in order, so the place is at or near the end.
    let from = bursts.length;
    while (from > 0 && (bursts[from - 1]?.end ?? 0) >= added.start - gap) from -= 1;
    let to = from;
    let { start, end, resets } = added;
    for (let burst = bursts[to]; burst !== undefined && burst.start <= added.end + gap; burst = bursts[to]) {
      start = Math.min(start, burst.start);
      end = Math.max(end, burst.end);
      resets += burst.resets;
      to += 1;
    }
    bursts.splice(from, to - from, { start, end, resets });
  }

  return {
    add(at) {
      insert({ start: at, end: at, resets: 1 });
      while (bursts.length > mostBursts) {
        gap *= 2;
        const before = bursts;
        bursts = [];
        for (const burst of before) insert(burst);
      }
    },
    all: () => bursts,
  };
}
