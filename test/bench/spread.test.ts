import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  apart,
  isMet,
  median,
  mostApart,
  pairedRatios,
  percentile,
  quantile,
  refused,
  shuffled,
  spreadOf,
  type Figure,
} from '../../bench/probing/spread.ts';
import { seededRandom } from '../../src/model/random.ts';

const figure = (name: string, values: number[]): Figure => ({ name, unit: '', digits: 2, values });

test('quartiles are those that R and NumPy give by default', () => {
  // quantile(c(7, 15, 36, 39, 40, 41), c(.25, .5, .75)) is 20.25, 37.5, 39.75.
  assert.deepEqual(spreadOf([40, 7, 41, 15, 39, 36]), { low: 20.25, middle: 37.5, high: 39.75 });
  assert.equal(quantile([3], 0.25), 3);
  assert.ok(Number.isNaN(median([])));
});

test('a percentile is a value that was seen', () => {
  const hundred = Array.from({ length: 100 }, (_, place) => 100 - place);
  assert.equal(percentile(hundred, 0.99), 99);
  assert.equal(percentile([3, 1], 0.99), 3);
});

test('a ratio is taken within each round, so that an hour in which the machine is slow changes nothing', () => {
  const mine = [20, 48, 20, 50, 21];
  const theirs = [10, 24, 10, 25, 10.5];
  assert.deepEqual(pairedRatios(mine, theirs), [2, 2, 2, 2, 2]);
  assert.throws(() => pairedRatios([1, 2], [1]), /both of every round/);
});

test('quartiles apart are told as a share of the median', () => {
  assert.equal(apart({ low: 90, middle: 100, high: 110 }), 0.2);
  assert.equal(apart({ low: 0, middle: 0, high: 0 }), 0);
  assert.equal(apart({ low: -1, middle: 0, high: 1 }), Number.POSITIVE_INFINITY);
});

test('the worst figure whose quartiles are too far apart is refused, and none that is steady', () => {
  const steady = figure('steady', [100, 101, 102, 103, 104, 105, 500]);
  const spread = figure('spread', [80, 85, 90, 100, 110, 115, 120]);
  const worse = figure('worse', [50, 60, 70, 100, 130, 140, 150]);
  assert.equal(refused([steady]), undefined);
  assert.equal(refused([steady, spread, worse])?.name, 'worse');
  assert.equal(refused([steady, spread])?.name, 'spread');
  assert.equal(refused([figure('of nothing', [])])?.name, 'of nothing');
});

test('quartiles of exactly the most may be published', () => {
  const values = [
    100 - 50 * mostApart,
    100 - 50 * mostApart,
    100,
    100 + 50 * mostApart,
    100 + 50 * mostApart,
  ];
  assert.equal(refused([figure('at the bound', values)]), undefined);
  assert.equal(refused([figure('above it', [...values.slice(0, 3), 108, 108])])?.name, 'above it');
});

test('an order that is drawn anew has everybody in it, and everybody comes after everybody', () => {
  const random = seededRandom(7);
  const orders = Array.from({ length: 200 }, () => shuffled(['a', 'b', 'c'], () => random.next()).join(''));
  assert.deepEqual([...new Set(orders)].toSorted(), ['abc', 'acb', 'bac', 'bca', 'cab', 'cba']);
});

test('a limit is held by the median', () => {
  assert.equal(isMet({ ...figure('', [1, 2, 9]), limit: { most: 2 } }), true);
  assert.equal(isMet({ ...figure('', [1, 2, 9]), limit: { most: 1.9 } }), false);
  assert.equal(isMet({ ...figure('', [5]), limit: { least: 5 } }), true);
  assert.equal(isMet(figure('', [5])), null);
});
