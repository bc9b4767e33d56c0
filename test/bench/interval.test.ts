import assert from 'node:assert/strict';
import { it } from 'node:test';
import { shareInterval } from '../../bench/diagnosis/interval.ts';

const near = (actual: number | undefined, expected: number) =>
  assert.ok(Math.abs((actual ?? Number.NaN) - expected) < 5e-7, `${String(actual)} is not ${expected}`);

it('without a miss, or without a hit, the bound is a power of the tail', () => {
  // 0.025 ** (1 / n)
  for (const n of [1, 20, 240, 1_000]) {
    near(shareInterval(n, n)?.low, 0.025 ** (1 / n));
    near(shareInterval(0, n)?.high, 1 - 0.025 ** (1 / n));
    assert.deepEqual([shareInterval(n, n)?.high, shareInterval(0, n)?.low], [1, 0]);
  }
});

it('agrees with published values', () => {
  // R: binom.test(x, n)$conf.int
  near(shareInterval(5, 10)?.low, 0.187086);
  near(shareInterval(5, 10)?.high, 0.812914);
  near(shareInterval(1, 10)?.low, 0.0025286);
  near(shareInterval(1, 10)?.high, 0.4450161);
});

it('each bound leaves its tail beyond it', () => {
  const [k, n] = [45, 50];
  const interval = shareInterval(k, n);
  assert.ok(interval !== null);
  near(atLeast(k, n, interval.low), 0.025);
  near(1 - atLeast(k + 1, n, interval.high), 0.025);
});

it('nothing counted has none', () => assert.equal(shareInterval(0, 0), null));

/** P(X ≥ k), added up term by term. */
function atLeast(k: number, n: number, p: number): number {
  let term = (1 - p) ** n;
  let sum = k === 0 ? term : 0;
  for (let i = 1; i <= n; i += 1) {
    term *= ((n - i + 1) / i) * (p / (1 - p));
    if (i >= k) sum += term;
  }
  return sum;
}
