// The histogram's promise: any quantile to within 1%, whatever the scale.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../src/model/random.ts';
import { createHistogram } from '../../src/stats/histogram.ts';

test('every quantile is within 1% of the exact one over eight orders of magnitude', () => {
  const random = seededRandom(1);
  const values = Array.from({ length: 5_000 }, () => 10 ** (random.next() * 8 - 2.5));
  const histogram = createHistogram();
  for (const value of values) histogram.add(value);
  const sorted = values.toSorted((a, b) => a - b);
  for (let rank = 1; rank <= values.length; rank += 7) {
    const exact = sorted[rank - 1]!;
    const bucket = histogram.atRank(rank)!;
    assert.ok(
      Math.abs(bucket.value - exact) <= 0.010_001 * exact,
      `rank ${rank}: ${bucket.value}, exactly ${exact}`,
    );
    assert.ok(bucket.low <= exact * (1 + 1e-9) && exact <= bucket.high * (1 + 1e-9));
  }
});

test('a quantile is the smallest value that the share of all values does not exceed', () => {
  const histogram = createHistogram();
  for (const value of [1, 1, 1, 10]) histogram.add(value);
  assert.ok(Math.abs(histogram.quantile(0.75)! - 1) < 0.011);
  assert.ok(Math.abs(histogram.quantile(0.76)! - 10) < 0.11);
});

test('an empty histogram has no quantile', () => {
  assert.equal(createHistogram().quantile(0.5), null);
  assert.equal(createHistogram().atRank(1), undefined);
});

test('values beyond both ends are kept at the ends and counted', () => {
  const histogram = createHistogram();
  for (const value of [0, 1e-9, 1e12]) histogram.add(value);
  assert.equal(histogram.count, 3);
  assert.equal(histogram.atRank(1)!.low, 0);
  assert.ok(Math.abs(histogram.quantile(1)! - 1e8) < 0.011e8);
});

test('the same values in any order make the same histogram', () => {
  const values = [3, 0.2, 700, 3, 41];
  const [forwards, backwards] = [createHistogram(), createHistogram()];
  for (const value of values) forwards.add(value);
  for (const value of values.toReversed()) backwards.add(value);
  for (let rank = 1; rank <= 5; rank += 1) assert.deepEqual(forwards.atRank(rank), backwards.atRank(rank));
});
