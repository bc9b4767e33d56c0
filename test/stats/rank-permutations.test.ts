import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chanceOfOrder } from '../../src/stats/rank-permutations.ts';

/** Two groups of which just so many pairs are out of order. */
function groups(n: number, m: number, misordered: number): [number[], number[]] {
  const below = Array.from({ length: m }, (_, index) => index + 1);
  const above = Array.from({ length: n }, () => m + 1);
  for (let left = misordered, at = 0; left > 0; at += 1) {
    const take = Math.min(left, m);
    above[at] = m + 0.5 - take;
    left -= take;
  }
  return [above, below];
}

const nearly = (actual: number, expected: number, digits = 4) =>
  assert.equal(actual.toFixed(digits), expected.toFixed(digits));

test('the share is that of the tables of Mann and Whitney (1947), one-sided', () => {
  // Their Table I, n = 5, m = 5: U from 0 to 4; and n = 4, m = 4.
  for (const [u, share] of [0.004, 0.008, 0.016, 0.028, 0.048].entries())
    nearly(chanceOfOrder(...groups(5, 5, u)), share, 3);
  for (const [u, share] of [0.014, 0.029, 0.057, 0.1].entries())
    nearly(chanceOfOrder(...groups(4, 4, u)), share, 3);
});

test('of two groups that do not overlap it is one of all the ways to choose', () => {
  nearly(chanceOfOrder([5, 6, 7], [1, 2, 3, 4]), 1 / 35, 8);
  assert.equal(chanceOfOrder(new Array<number>(40).fill(9), new Array<number>(40).fill(1)) < 1e-22, true);
});

test('it is the share that counting all ways by hand gives, and equal values count against', () => {
  // Of the ten ways to choose two of 1, 2, 3, 4, 5, just {4, 5}, {3, 5}, and {3, 4} and {2, 5} have at most two pairs out of order.
  nearly(chanceOfOrder([5, 3], [1, 2, 4]), 2 / 10, 8);
  nearly(chanceOfOrder([3, 4], [1, 2, 5]), 4 / 10, 8);
  assert.equal(chanceOfOrder([1, 1], [1, 1, 1]), 1);
});

test('where a group is empty nothing is out of the ordinary', () => {
  assert.equal(chanceOfOrder([1, 2, 3], []), 1);
  assert.equal(chanceOfOrder([], [1]), 1);
});
