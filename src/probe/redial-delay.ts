// How long to wait before the next attempt after several that came to nothing.

const firstMs = 50;
const longestMs = 30_000;

/**
 * Milliseconds to wait after so many failures in a row: none after none, then exponentially more from 50 ms on, at most 30 s.
 * Between half of that and the whole, so that many who failed together do not come back together.
 * @param random Uniform in [0, 1), as Math.random.
 */
export function redialDelay(failures: number, random: () => number): number {
  if (failures <= 0) return 0;
  const wholeMs = Math.min(longestMs, firstMs * 2 ** (failures - 1));
  return wholeMs * (0.5 + random() / 2);
}
