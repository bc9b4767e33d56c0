// The exact Poisson interval against the published table and against a root found from the Poisson sum itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { poissonInterval } from '../../src/stats/poisson.ts';

// Ulm, American Journal of Epidemiology 131 (1990), after Garwood 1936: 95% limits for an observed count.
const published: readonly (readonly [count: number, low: number, high: number])[] = [
  [0, 0, 3.6889],
  [1, 0.0253, 5.5716],
  [2, 0.2422, 7.2247],
  [3, 0.6187, 8.7673],
  [4, 1.0899, 10.2416],
  [5, 1.6235, 11.6683],
  [6, 2.2019, 13.0595],
  [7, 2.8144, 14.4227],
  [8, 3.4538, 15.7632],
  [9, 4.1154, 17.0848],
  [10, 4.7954, 18.3904],
  [15, 8.3954, 24.7402],
  [20, 12.2165, 30.8884],
  [25, 16.1787, 36.9049],
  [30, 20.2409, 42.8269],
];

test('the 95% limits are those of the published table', () => {
  for (const [count, low, high] of published) {
    const interval = poissonInterval(count, 1, 0.95);
    assert.ok(Math.abs(interval.low - low) < 1e-4, `${count}: low ${interval.low}, published ${low}`);
    assert.ok(
      Math.abs((interval.high ?? 0) - high) < 1e-4,
      `${count}: high ${interval.high ?? ''}, published ${high}`,
    );
  }
});

test('each limit is the mean at which the observed count is just too extreme', () => {
  for (let count = 0; count <= 60; count += 3) {
    for (const level of [0.9, 0.95, 0.99]) {
      const { low, high } = poissonInterval(count, 1, level);
      const tail = (1 - level) / 2;
      assert.ok(Math.abs(poissonSum(count, high ?? 0) - tail) < 1e-9);
      if (count > 0) assert.ok(Math.abs(1 - poissonSum(count - 1, low) - tail) < 1e-9);
    }
  }
});

test('no event at all gives zero and −ln((1−level)/2)/exposure', () => {
  const interval = poissonInterval(0, 4, 0.95);
  assert.deepEqual({ ...interval, high: null }, { estimate: 0, low: 0, high: null });
  assert.equal(interval.high, -Math.log((1 - 0.95) / 2) / 4);
});

test('without exposure nothing bounds the rate', () => {
  assert.deepEqual(poissonInterval(3, 0, 0.95), { estimate: null, low: 0, high: null });
});

test('the interval holds the estimate, grows with the count, and shrinks with exposure', () => {
  let before = poissonInterval(0, 2, 0.95);
  for (let count = 1; count <= 200; count += 1) {
    const now = poissonInterval(count, 2, 0.95);
    assert.ok(now.low < (now.estimate ?? 0) && (now.estimate ?? 0) < (now.high ?? 0));
    assert.ok(now.low > before.low && (now.high ?? 0) > (before.high ?? 0));
    const longer = poissonInterval(count, 4, 0.95);
    assert.ok(Math.abs(longer.low * 2 - now.low) < 1e-12 * now.low);
    before = now;
  }
});

function poissonSum(upTo: number, mean: number): number {
  let term = Math.exp(-mean);
  let sum = term;
  for (let k = 1; k <= upTo; k += 1) {
    term *= mean / k;
    sum += term;
  }
  return sum;
}
