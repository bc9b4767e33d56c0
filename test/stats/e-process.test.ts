// The e-process: a martingale under the null by enumeration, the same for both classes, and honest intervals.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logEAgainst, logEValue, rateRatio, shareSequence } from '../../src/stats/e-process.ts';

function near(actual: number, expected: number, tolerance = 1e-10): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);
}

function choose(n: number, k: number): number {
  let result = 1;
  for (let i = 1; i <= k; i += 1) result = (result * (n - k + i)) / i;
  return result;
}

test('the first values are those computed by hand', () => {
  // B(1.5, 0.5)/B(0.5, 0.5) = 1/2, over 1/2; and 5·3·1/(6·4·2) · 2³ = 2.5 for three of three.
  assert.equal(logEValue(0, 0, 0.5), 0);
  near(Math.exp(logEValue(1, 1, 0.5)), 1);
  near(Math.exp(logEValue(3, 3, 0.5)), 2.5);
});

test('its mean under the null is 1 after any number of episodes', () => {
  for (const share of [0.5, 0.2, 0.91]) {
    for (let n = 0; n <= 24; n += 1) {
      let mean = 0;
      for (let k = 0; k <= n; k += 1) {
        mean += choose(n, k) * share ** k * (1 - share) ** (n - k) * Math.exp(logEValue(k, n, share));
      }
      near(mean, 1);
    }
  }
});

test('it is a martingale: the mean of the next value is the present one', () => {
  for (const share of [0.5, 0.3]) {
    for (let n = 0; n <= 30; n += 1) {
      for (let k = 0; k <= n; k += 1) {
        const next =
          share * Math.exp(logEValue(k + 1, n + 1, share)) +
          (1 - share) * Math.exp(logEValue(k, n + 1, share));
        const now = Math.exp(logEValue(k, n, share));
        near(next / now, 1);
      }
    }
  }
});

test('against a range of shares its mean is at most 1 for each of them', () => {
  const range = { low: 0.4, high: 0.7 };
  for (const share of [0.4, 0.5, 0.63, 0.7]) {
    for (const n of [1, 5, 20]) {
      let mean = 0;
      for (let k = 0; k <= n; k += 1) {
        mean += choose(n, k) * share ** k * (1 - share) ** (n - k) * Math.exp(logEAgainst(k, n, range));
      }
      assert.ok(mean <= 1 + 1e-12, `share ${share}, n ${n}: ${mean}`);
    }
  }
});

test('swapping the classes changes nothing', () => {
  for (let n = 1; n <= 40; n += 3) {
    for (let k = 0; k <= n; k += 2) {
      near(
        logEValue(k, n, 0.3),
        logEValue(n - k, n, 0.7),
        1e-12 * (1 + Math.abs(logEValue(k, n, 0.3))) * 100,
      );
      const range = { low: 0.5, high: 0.8 };
      near(logEAgainst(k, n, range), logEAgainst(n - k, n, { low: 1 - 0.8, high: 0.5 }), 1e-9);
    }
  }
});

test('seven episodes in one class and none in the other are the first to reach 20', () => {
  assert.ok(Math.exp(logEValue(6, 6, 0.5)) < 20);
  assert.ok(Math.exp(logEValue(7, 7, 0.5)) >= 20);
});

test('the confidence sequence holds the observed share and excludes exactly what has been rejected', () => {
  for (const [k, n] of [
    [0, 5],
    [5, 5],
    [3, 11],
    [70, 100],
  ] as const) {
    const { low, high } = shareSequence(k, n, 0.05);
    assert.ok(low <= k / n && k / n <= high);
    if (k > 0) near(Math.exp(logEValue(k, n, low)), 20, 1e-6);
    if (k < n) near(Math.exp(logEValue(k, n, high)), 20, 1e-6);
  }
  assert.deepEqual(shareSequence(0, 0, 0.05), { low: 0, high: 1 });
});

test('the rate ratio is that of the counts when the exposures are equal, and its inverse when swapped', () => {
  const half = { low: 0.5, high: 0.5 };
  const ratio = rateRatio(30, 40, half, 0.05);
  near(ratio.estimate ?? 0, 3);
  const swapped = rateRatio(10, 40, half, 0.05);
  near(swapped.low, 1 / (ratio.high ?? 0), 1e-9);
  near(swapped.high ?? 0, 1 / ratio.low, 1e-9);
  assert.deepEqual(rateRatio(0, 0, half, 0.05), { estimate: null, low: 0, high: null });
});

test('unequal connections widen the ratio towards both explanations', () => {
  const ratio = rateRatio(30, 40, { low: 0.5, high: 0.8 }, 0.05);
  const narrow = rateRatio(30, 40, { low: 0.5, high: 0.5 }, 0.05);
  assert.ok(ratio.low < 1 && (ratio.high ?? 0) === narrow.high);
});
