// Triggers: one per burst, common when both classes are in it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../src/model/random.ts';
import { findTriggers } from '../../src/verdict/episodes.ts';
import { addSpan, type Span } from '../../src/stats/spans.ts';

function bursts(times: readonly number[], gap: number): Span[] {
  const spans: Span[] = [];
  for (const time of times) addSpan(spans, { start: time, end: time, count: 1 }, gap);
  return spans;
}

test('a thousand resets within the window are one trigger', () => {
  const times = Array.from({ length: 1_000 }, (_, i) => i * 0.01);
  assert.deepEqual(findTriggers(bursts(times, 5), [], 10), [
    { start: 0, end: 9.99, count: 1_000, resets: [1_000, 0] },
  ]);
});

test('resets of both classes within the window are one common trigger, apart they are two', () => {
  assert.deepEqual(
    findTriggers(bursts([100, 500], 5), bursts([108, 700], 5), 10).map(({ resets }) => resets),
    [
      [1, 1],
      [1, 0],
      [0, 1],
    ],
  );
});

test('triggers are those of single linkage over all resets, found the slow way', () => {
  const random = seededRandom(9);
  for (let round = 0; round < 200; round += 1) {
    const window = 10;
    const resets = Array.from({ length: 40 }, () => ({
      time: Math.floor(random.next() * 600),
      side: random.next() < 0.5 ? (0 as const) : (1 as const),
    })).sort((a, b) => a.time - b.time);
    const expected: [number, number][] = [];
    let previous = Number.NEGATIVE_INFINITY;
    for (const { time, side } of resets) {
      if (time - previous > window) expected.push([0, 0]);
      expected.at(-1)![side] += 1;
      previous = time;
    }
    const of = (side: number): Span[] =>
      bursts(
        resets.filter((reset) => reset.side === side).map(({ time }) => time),
        window / 2,
      );
    assert.deepEqual(
      findTriggers(of(0), of(1), window).map((trigger) => trigger.resets),
      expected,
    );
  }
});
