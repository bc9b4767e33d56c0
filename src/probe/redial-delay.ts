// How long to wait before dialling again somebody who did not keep the connections before.

const firstMs = 50;
const longestMs = 30_000;

/**
 * Milliseconds: 0 without a failure, then twice as long with each, from 50 up to 30,000, of which half to all is waited, so that those
 * who failed together do not come back together.
 * @param failures In a row: connections that could not be made, or ended before they had proven themselves.
 * @param random Numbers in [0, 1).
 */
export function redialDelay(failures: number, random: () => number): number {
  if (failures <= 0) return 0;
  const wholeMs = Math.min(longestMs, firstMs * 2 ** (failures - 1));
  return wholeMs * (0.5 + 0.5 * random());
}
