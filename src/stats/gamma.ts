// The gamma function and its incomplete parts, as logarithms, so that no count of resets overflows them.
import { firstDoubling, turningPoint } from './bisect.ts';

// Stirling's series: Bernoulli number B(2j) divided by 2j(2j−1).
const stirling = [1 / 12, -1 / 360, 1 / 1_260, -1 / 1_680, 1 / 1_188, -691 / 360_360, 1 / 156] as const;
const halfLogTwoPi = 0.5 * Math.log(2 * Math.PI);

/**
 * ln Γ(x) for x > 0; relative error about 1e-15. Stirling's series (Abramowitz & Stegun 6.1.40) from 12 on, reached by
 * Γ(x+1) = xΓ(x).
 */
export function lnGamma(x: number): number {
  if (!(x > 0)) throw new RangeError(`lnGamma needs a positive number, not ${x}`);
  let product = 1;
  let shifted = x;
  while (shifted < 12) {
    product *= shifted;
    shifted += 1;
  }
  const square = shifted * shifted;
  let power = shifted;
  let correction = 0;
  for (const coefficient of stirling) {
    correction += coefficient / power;
    power *= square;
  }
  return (shifted - 0.5) * Math.log(shifted) - shifted + halfLogTwoPi + correction - Math.log(product);
}

/** ln γ(a, x) = ln ∫₀ˣ t^(a−1) e^(−t) dt, for a > 0, x ≥ 0; −∞ at x = 0. */
export function lnLowerGamma(a: number, x: number): number {
  if (x === 0) return Number.NEGATIVE_INFINITY;
  if (x < a + 1) return lnLowerBySeries(a, x);
  const whole = lnGamma(a);
  return whole + Math.log1p(-Math.exp(lnUpperByFraction(a, x) - whole));
}

/** ln Γ(a, x) = ln ∫ₓ^∞ t^(a−1) e^(−t) dt, for a > 0, x ≥ 0. */
export function lnUpperGamma(a: number, x: number): number {
  if (x === 0) return lnGamma(a);
  if (x >= a + 1) return lnUpperByFraction(a, x);
  const whole = lnGamma(a);
  return whole + Math.log1p(-Math.exp(lnLowerBySeries(a, x) - whole));
}

/** P(G ≤ x) for G with a gamma distribution of shape a and scale 1. */
export function gammaCdf(a: number, x: number): number {
  return Math.exp(lnLowerGamma(a, x) - lnGamma(a));
}

/** The x with P(G ≤ x) = probability (0 < probability < 1), for G of shape a and scale 1. */
export function gammaQuantile(a: number, probability: number): number {
  const reached = (x: number): boolean => gammaCdf(a, x) >= probability;
  const above = firstDoubling(reached, a);
  if (above === undefined)
    throw new RangeError(`gammaQuantile needs a probability below 1, not ${probability}`);
  return turningPoint(reached, 0, above);
}

/** Abramowitz & Stegun 6.5.29: γ(a, x) = x^a e^(−x) Σ xⁿ / (a(a+1)…(a+n)). Converges fast for x < a + 1. */
function lnLowerBySeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; term > sum * 1e-17; n += 1) {
    term *= x / (a + n);
    sum += term;
  }
  return a * Math.log(x) - x + Math.log(sum);
}

/** Abramowitz & Stegun 6.5.31 in its even form, evaluated forwards by Lentz's method. Converges fast for x > a + 1. */
function lnUpperByFraction(a: number, x: number): number {
  const tiny = 1e-300;
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1; n < 1_000_000; n += 1) {
    const numerator = -n * (n - a);
    b += 2;
    d = 1 / nonZero(numerator * d + b, tiny);
    c = nonZero(b + numerator / c, tiny);
    const factor = c * d;
    fraction *= factor;
    if (Math.abs(factor - 1) < 1e-15) break;
  }
  return a * Math.log(x) - x + Math.log(fraction);
}

function nonZero(value: number, tiny: number): number {
  return Math.abs(value) < tiny ? tiny : value;
}
