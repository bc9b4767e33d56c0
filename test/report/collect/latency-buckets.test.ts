import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  addLatency,
  emptyLatency,
  latencyBars,
  latencyQuantile,
  mergeLatency,
} from '../../../src/report/collect/latency-buckets.ts';

function bucketsOf(values: readonly number[]) {
  const buckets = emptyLatency();
  for (const value of values) addLatency(buckets, value);
  return buckets;
}

test('a quantile is within 5% of the exact one', () => {
  const values = Array.from({ length: 1_000 }, (_, index) => 0.5 + index * 0.05);
  for (const q of [0.01, 0.5, 0.9, 0.99, 1]) {
    const exact = values[Math.ceil(q * values.length) - 1]!;
    const found = latencyQuantile(bucketsOf(values), q)!;
    assert.ok(Math.abs(found / exact - 1) < 0.05, `${found} for ${exact}`);
  }
});

test('merged buckets are those of all values together', () => {
  const merged = bucketsOf([1, 2, 3]);
  mergeLatency(merged, bucketsOf([2, 400]));
  assert.deepEqual(merged, bucketsOf([1, 2, 3, 2, 400]));
});

test('the bars hold every answer once', () => {
  const bars = latencyBars(bucketsOf([0, 0.2, 1, 1.1, 1e12]));
  assert.ok(Math.abs(bars.reduce((sum, bar) => sum + bar.share, 0) - 1) < 1e-12);
});

test('there is no quantile and no bar of nothing', () => {
  assert.equal(latencyQuantile(emptyLatency(), 0.5), null);
  assert.deepEqual(latencyBars(emptyLatency()), []);
});
