// Where a yes/no question about a number changes its answer: every interval and bound of this layer is such a place.

/**
 * The point between `no` and `yes` (in either order) where `question` turns from false to true, to the last bit or to
 * `maxHalvings`. The caller knows that question(no) is false, question(yes) is true, and that it turns once.
 */
export function turningPoint(
  question: (x: number) => boolean,
  no: number,
  yes: number,
  maxHalvings = 200,
): number {
  let [outside, inside] = [no, yes];
  for (let step = 0; step < maxHalvings; step += 1) {
    const middle = (outside + inside) / 2;
    if (middle === outside || middle === inside) break;
    if (question(middle)) inside = middle;
    else outside = middle;
  }
  return inside;
}

/** The first of start, 2·start, 4·start, … for which `question` is true; undefined when none of `maxDoublings` is. */
export function firstDoubling(
  question: (x: number) => boolean,
  start: number,
  maxDoublings = 1_100,
): number | undefined {
  let x = start;
  for (let step = 0; step <= maxDoublings && Number.isFinite(x); step += 1) {
    if (question(x)) return x;
    x *= 2;
  }
  return undefined;
}
