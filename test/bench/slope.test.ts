import assert from 'node:assert/strict';
import { it } from 'node:test';
import { slopeOf } from '../../bench/watch/slope.ts';

const points = (value: (at: number) => number, count = 200) =>
  Array.from({ length: count }, (_, at) => [at, value(at)] as const);
/** As likely up as down, and the same each time. */
const noise = (at: number) => (((at * 7_919) % 101) - 50) / 50;

it('tells how fast something grows, and the interval holds it', () => {
  const { perUnit, low, high } = slopeOf(points((at) => 100 + 0.5 * at + noise(at)));
  assert.ok(low < 0.5 && high > 0.5, `${low} to ${high}`);
  assert.ok(Math.abs(perUnit - 0.5) < 0.01);
});

it('holds nothing for what does not grow, and is narrow where there is no noise', () => {
  const { low, high } = slopeOf(points((at) => 100 + noise(at)));
  assert.ok(low < 0 && high > 0, `${low} to ${high}`);
  assert.deepEqual(slopeOf(points(() => 7)), { perUnit: 0, low: 0, high: 0 });
});

it('claims nothing of too few points', () => {
  assert.ok(Number.isNaN(slopeOf(points((at) => at, 39)).high));
});
