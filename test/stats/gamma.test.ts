// The special functions against closed forms and values computed elsewhere.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { betaCdf, binomialCdf, lnBeta } from '../../src/stats/beta.ts';
import { gammaCdf, gammaQuantile, lnGamma, lnLowerGamma, lnUpperGamma } from '../../src/stats/gamma.ts';

function near(actual: number, expected: number, relative = 1e-12): void {
  assert.ok(
    Math.abs(actual - expected) <= relative * Math.max(1e-300, Math.abs(expected)),
    `${actual} is not ${expected}`,
  );
}

test('the log-gamma function gives factorials and the known value at one half', () => {
  let factorial = 1;
  for (let n = 1; n <= 25; n += 1) {
    factorial *= n;
    near(Math.exp(lnGamma(n + 1)), factorial, 1e-13 * (n + 10));
  }
  near(lnGamma(0.5), Math.log(Math.sqrt(Math.PI)));
  near(lnGamma(1e6), 12_815_504.569147611, 1e-14);
});

test('the log-gamma function refuses zero and negative numbers', () => {
  assert.throws(() => lnGamma(0), RangeError);
  assert.throws(() => lnGamma(-1.5), RangeError);
});

test('the incomplete gamma function of shape 1 is the exponential distribution, near zero and far out', () => {
  for (const x of [1e-9, 0.1, 1, 2.5, 30]) near(gammaCdf(1, x), -Math.expm1(-x), 1e-13);
  for (const x of [0.01, 1, 50, 800]) near(lnUpperGamma(1, x), -x, 1e-12);
});

test('the lower and upper incomplete gamma functions add up to the whole one', () => {
  for (const a of [0.5, 1, 3.25, 17, 400]) {
    for (const ratio of [0.05, 0.5, 0.99, 1, 1.01, 2, 10]) {
      const lower = Math.exp(lnLowerGamma(a, a * ratio) - lnGamma(a));
      const upper = Math.exp(lnUpperGamma(a, a * ratio) - lnGamma(a));
      near(lower + upper, 1, 1e-12);
    }
  }
});

test('the gamma distribution of whole shape is a Poisson tail, summed term by term', () => {
  for (const [shape, x] of [
    [4, 2.2],
    [12, 15],
    [40, 33.3],
  ] as const) {
    let term = Math.exp(-x);
    let below = 0;
    for (let k = 0; k < shape; k += 1) {
      below += term;
      term *= x / (k + 1);
    }
    near(gammaCdf(shape, x), 1 - below, 1e-12);
  }
});

test('the gamma quantile undoes the distribution function', () => {
  for (const shape of [0.5, 1, 7, 250]) {
    for (const p of [1e-6, 0.025, 0.5, 0.975]) near(gammaCdf(shape, gammaQuantile(shape, p)), p, 1e-9);
  }
});

test('the binomial distribution agrees with the sum of its terms', () => {
  for (const [n, p] of [
    [1, 0.3],
    [10, 0.5],
    [37, 0.08],
    [60, 0.93],
  ] as const) {
    let sum = 0;
    for (let k = 0; k < n; k += 1) {
      const lnChoose = lnGamma(n + 1) - lnGamma(k + 1) - lnGamma(n - k + 1);
      sum += Math.exp(lnChoose + k * Math.log(p) + (n - k) * Math.log1p(-p));
      near(binomialCdf(k, n, p), sum, 1e-10);
    }
  }
  assert.equal(binomialCdf(-1, 5, 0.5), 0);
  assert.equal(binomialCdf(5, 5, 0.5), 1);
});

test('the incomplete beta function is symmetric and has its closed forms', () => {
  for (const x of [0, 0.01, 0.3, 0.5, 0.77, 1]) {
    near(betaCdf(2.5, 4, x) + betaCdf(4, 2.5, 1 - x), 1, 1e-13);
    near(betaCdf(3, 1, x), x ** 3, 1e-12);
    near(betaCdf(0.5, 0.5, x), (2 / Math.PI) * Math.asin(Math.sqrt(x)), 1e-12);
  }
  near(lnBeta(0.5, 0.5), Math.log(Math.PI));
});
