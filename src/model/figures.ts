// How texts write a number: so many figures, and never an exponent, which who reads a latency need not know.

/**
 * So many significant figures, but never fewer than all of a whole number: with two, 160, 15, 1.6, 0.0000000029.
 * @param value Not negative.
 */
export function formatFigures(value: number, significant: number): string {
  // By the rounded number's own exponent: 9.996 with three figures is 10.0.
  const exponent = Number(value.toExponential(significant - 1).split('e')[1]);
  return value.toFixed(Math.min(100, Math.max(0, significant - 1 - exponent)));
}
