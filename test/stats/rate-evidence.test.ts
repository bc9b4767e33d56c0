// Evidence about one rate: e-processes by enumeration of the Poisson counts, bounds that invert them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  logAdd,
  logEvidenceAbove,
  logEvidenceBelow,
  lowerRateBound,
  provableRatePerHour,
  rateBounds,
  upperRateBound,
} from '../../src/stats/rate-evidence.ts';

function near(actual: number, expected: number, relative = 1e-9): void {
  assert.ok(Math.abs(actual - expected) <= relative * Math.abs(expected), `${actual} is not ${expected}`);
}

/** Mean of exp(logE(count)) over a Poisson count. */
function poissonMean(mean: number, logE: (count: number) => number): number {
  let logProbability = -mean;
  let sum = 0;
  for (let count = 0; count < 2_000; count += 1) {
    sum += Math.exp(logProbability + logE(count));
    logProbability += Math.log(mean / (count + 1));
  }
  return sum;
}

test('evidence below has mean 1 at the rate itself and less at every higher one', () => {
  for (const expected of [0.3, 2, 9, 40]) {
    near(
      poissonMean(expected, (count) => logEvidenceBelow(count, expected)),
      1,
    );
    assert.ok(poissonMean(expected * 1.2, (count) => logEvidenceBelow(count, expected)) < 1);
  }
});

test('evidence above has mean at most 1 at the rate itself and at every lower one', () => {
  for (const expected of [0.3, 2, 9]) {
    const atRate = poissonMean(expected, (count) => logEvidenceAbove(count, expected));
    assert.ok(atRate <= 1 && atRate > 0);
    assert.ok(poissonMean(expected * 0.8, (count) => logEvidenceAbove(count, expected)) < atRate);
  }
});

test('both agree with their integrals, summed numerically', () => {
  for (const [count, expected] of [
    [0, 3],
    [2, 5],
    [14, 0.7],
    [25, 30],
  ] as const) {
    let [below, above] = [0, 0];
    const steps = 200_000;
    for (let i = 0; i < steps; i += 1) {
      const u = (i + 0.5) / steps;
      below += (u ** count * Math.exp((1 - u) * expected)) / steps;
      // u⁻² du for u > 1 is dv for v = 1/u in (0, 1).
      above += (u ** -count * Math.exp((1 - 1 / u) * expected)) / steps;
    }
    if (count === 0) below += Math.exp(expected);
    near(Math.exp(logEvidenceBelow(count, expected)), below / 2, 1e-6);
    if (count >= 2) near(Math.exp(logEvidenceAbove(count, expected)), above, 1e-6);
  }
});

test('a clean run proves a rate that would have brought three and a half episodes', () => {
  const bound = upperRateBound(0, 1, 0.05) ?? 0;
  near(Math.exp(bound) + (Math.exp(bound) - 1) / bound, 40);
  near(bound, 3.441, 1e-3);
  near(provableRatePerHour(20), (bound * 3_600) / 20);
});

test('bounds hold the estimate, scale with exposure and rise with the count', () => {
  let before = rateBounds(0, 2, 0.05);
  for (let count = 1; count <= 60; count += 1) {
    const now = rateBounds(count, 2, 0.05);
    assert.ok(now.low < count / 2 && count / 2 < (now.high ?? 0));
    assert.ok(now.low >= before.low && (now.high ?? 0) > (before.high ?? 0));
    near(upperRateBound(count, 4, 0.05) ?? 0, (now.high ?? 0) / 2);
    before = now;
  }
});

test('one episode proves no rate, and no exposure bounds none', () => {
  assert.equal(lowerRateBound(1, 5, 0.05), 0);
  assert.deepEqual(rateBounds(4, 0, 0.05), { estimate: null, low: 0, high: null });
});

test('adding logarithms adds what they stand for', () => {
  near(logAdd(Math.log(3), Math.log(4)), Math.log(7));
  near(logAdd(1_000, 1_000), 1_000 + Math.LN2);
  assert.equal(logAdd(Number.NEGATIVE_INFINITY, 2), 2);
  assert.equal(logAdd(Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY), Number.NEGATIVE_INFINITY);
});
