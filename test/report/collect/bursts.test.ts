import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../../src/model/random.ts';
import { createBursts } from '../../../src/report/collect/bursts.ts';

function burstsOf(moments: readonly number[], window: number) {
  const bursts = createBursts(window);
  for (const moment of moments) bursts.add(moment);
  return bursts.all();
}

test('resets no further apart than the window are one burst', () => {
  assert.deepEqual(burstsOf([0, 100, 200, 301], 100), [
    { start: 0, end: 200, resets: 3 },
    { start: 301, end: 301, resets: 1 },
  ]);
});

test('the order in which resets come does not matter', () => {
  const random = seededRandom(7);
  const moments = Array.from({ length: 300 }, () => Math.floor(random.next() * 100_000));
  const shuffled = moments.toSorted((a, b) => ((a * 7_919) % 1_009) - ((b * 7_919) % 1_009));
  assert.deepEqual(
    burstsOf(shuffled, 200),
    burstsOf(
      moments.toSorted((a, b) => a - b),
      200,
    ),
  );
});

test('too many bursts are joined over wider gaps, and no reset is lost', () => {
  const bursts = burstsOf(
    Array.from({ length: 5_000 }, (_, index) => index * 1_000),
    0,
  );
  assert.ok(bursts.length <= 500);
  assert.equal(
    bursts.reduce((sum, burst) => sum + burst.resets, 0),
    5_000,
  );
});
