// Quantile intervals against the binomial table and by simulation.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../src/model/random.ts';
import { createHistogram, type Histogram } from '../../src/stats/histogram.ts';
import { compareLatency, quantileInterval } from '../../src/verdict/latency.ts';

function histogramOf(values: readonly number[]): Histogram {
  const histogram = createHistogram();
  for (const value of values) histogram.add(value);
  return histogram;
}

const within = (bound: number | null, value: number): boolean =>
  bound !== null && Math.abs(bound - value) <= 0.0203 * value;

test('the 95% interval of a median of 20 values is from the 6th to the 15th', () => {
  // Conover's table and any other: P(X ≤ 5) = 0.0207 ≤ 0.025 < P(X ≤ 6) for 20 fair coins.
  const interval = quantileInterval(histogramOf(Array.from({ length: 20 }, (_, i) => i + 1)), 0.5, 0.95);
  assert.ok(within(interval.low, 6) && interval.low <= 6);
  assert.ok(within(interval.high, 15) && (interval.high ?? 0) >= 15);
});

test('too few values for the 99th percentile leave its upper end open', () => {
  const interval = quantileInterval(histogramOf(Array.from({ length: 100 }, (_, i) => i + 1)), 0.99, 0.95);
  assert.equal(interval.high, null);
  assert.ok(interval.low > 90);
});

test('nothing measured bounds nothing', () => {
  assert.deepEqual(quantileInterval(createHistogram(), 0.5, 0.95), { estimate: null, low: 0, high: null });
});

test('the interval holds the true quantile at least as often as promised', () => {
  const random = seededRandom(11);
  const runs = 400;
  for (const q of [0.5, 0.99]) {
    let held = 0;
    for (let run = 0; run < runs; run += 1) {
      const histogram = histogramOf(Array.from({ length: 700 }, () => -Math.log(1 - random.next())));
      const { low, high } = quantileInterval(histogram, q, 0.9);
      const truth = -Math.log(1 - q);
      if (low <= truth && (high === null || truth <= high)) held += 1;
    }
    assert.ok(held / runs >= 0.88, `p${q * 100}: ${held} of ${runs}`);
  }
});

test('two samples of one distribution are seldom said to differ, and a doubled one always', () => {
  const random = seededRandom(5);
  const sample = (factor: number): Histogram =>
    histogramOf(Array.from({ length: 500 }, () => factor * (0.3 + random.next() ** 4)));
  let alarms = 0;
  for (let run = 0; run < 200; run += 1) {
    if (compareLatency(sample(1), sample(1)).differs) alarms += 1;
    assert.ok(compareLatency(sample(1), sample(2)).differs);
  }
  assert.ok(alarms <= 10, `${alarms} of 200`);
});
