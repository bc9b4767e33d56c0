// How fast something grows, and how far that may be from the truth.

export interface Slope {
  /** Per unit of time; the true one lies between the two with about 95%. */
  readonly perUnit: number;
  readonly low: number;
  readonly high: number;
}

/** Neighbours in time are alike: the line is laid through the means of so many equal parts. */
const parts = 20;
/** The 97.5th percentile of Student's t for 18 degrees of freedom. */
const t18 = 2.101;

/** By least squares. `points`: 40 at least, in order of time. NaN of fewer. */
export function slopeOf(points: readonly (readonly [at: number, value: number])[]): Slope {
  const size = Math.floor(points.length / parts);
  const means = Array.from({ length: parts }, (_, part) => {
    const own = points.slice(part * size, (part + 1) * size);
    const mean = (of: 0 | 1) => own.reduce((sum, point) => sum + point[of], 0) / own.length;
    return [mean(0), mean(1)] as const;
  });
  if (size < 2) return { perUnit: Number.NaN, low: Number.NaN, high: Number.NaN };
  const middle = (of: 0 | 1) => means.reduce((sum, point) => sum + point[of], 0) / parts;
  const [atMiddle, valueMiddle] = [middle(0), middle(1)];
  const spread = means.reduce((sum, [at]) => sum + (at - atMiddle) ** 2, 0);
  const perUnit =
    means.reduce((sum, [at, value]) => sum + (at - atMiddle) * (value - valueMiddle), 0) / spread;
  const left = means.reduce(
    (sum, [at, value]) => sum + (value - valueMiddle - perUnit * (at - atMiddle)) ** 2,
    0,
  );
  const error = t18 * Math.sqrt(left / (parts - 2) / spread);
  return { perUnit, low: perUnit - error, high: perUnit + error };
}
