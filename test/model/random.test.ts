import assert from 'node:assert/strict';
import { it } from 'node:test';
import { seededRandom } from '../../src/model/random.ts';

it('the same seed gives the same numbers, another seed others', () => {
  const draw = (seed: number) => {
    const random = seededRandom(seed);
    return Array.from({ length: 5 }, () => random.next());
  };
  assert.deepEqual(draw(7), draw(7));
  assert.notDeepEqual(draw(7), draw(8));
});

it('the numbers fill [0, 1) evenly: chi-square over 100 bins, 100,000 draws, below the 99.9% point for 99 degrees', () => {
  const random = seededRandom(1);
  const bins = new Array<number>(100).fill(0);
  for (let draw = 0; draw < 100_000; draw += 1) {
    const value = random.next();
    assert.ok(value >= 0 && value < 1);
    const bin = Math.floor(value * 100);
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  const chiSquare = bins.reduce((sum, count) => sum + (count - 1_000) ** 2 / 1_000, 0);
  assert.ok(chiSquare < 148.2, String(chiSquare));
});
