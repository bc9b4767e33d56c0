// What "now" is in a capture: the stamps of its last packets, which need not be in order. Several queues of a network card, or captures
// put together, write what is old behind what is new.

export interface RecentStamps {
  /** Takes the stamp of the next packet, microseconds. */
  add(at: number): void;
  /** Whether a stamp lies further than `by` from those of all the last packets, before them or behind. */
  isFar(at: number, by: number): boolean;
  /** Whether a whole time does. */
  isFarFromAll(from: number, until: number, by: number): boolean;
}

/** @param packets So many packets at least, and less than twice as many, are the last ones; 0 for the very last one alone. */
export function createRecentStamps(packets: number): RecentStamps {
  let [least, most, count] = [Infinity, -Infinity, 0];
  // Of those before, which are forgotten all together.
  let [formerLeast, formerMost] = [Infinity, -Infinity];
  const isFarFromAll = (from: number, until: number, by: number) =>
    until < Math.min(least, formerLeast) - by || from > Math.max(most, formerMost) + by;
  return {
    add(at) {
      if (count >= packets) {
        if (packets > 0) [formerLeast, formerMost] = [least, most];
        [least, most, count] = [Infinity, -Infinity, 0];
      }
      if (at < least) least = at;
      if (at > most) most = at;
      count += 1;
    },
    isFar: (at, by) => isFarFromAll(at, at, by),
    isFarFromAll,
  };
}
