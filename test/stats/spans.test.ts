// Spans: order of addition does not matter, and joining later is the same as joining at once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom, type Random } from '../../src/model/random.ts';
import { addSpan, covers, joinSpans, lengthOf, sharedLength, type Span } from '../../src/stats/spans.ts';

const at = (time: number): Span => ({ start: time, end: time, count: 1 });
const span = (start: number, end: number): Span => ({ start, end, count: 1 });

function build(added: readonly Span[], gap: number): Span[] {
  const spans: Span[] = [];
  for (const one of added) addSpan(spans, one, gap);
  return spans;
}

function shuffled<T>(values: readonly T[], random: Random): T[] {
  return values
    .map((value) => ({ value, key: random.next() }))
    .sort((a, b) => a.key - b.key)
    .map(({ value }) => value);
}

test('times no further apart than the gap become one span, the gap itself included', () => {
  assert.deepEqual(build([at(0), at(10), at(20), at(31)], 10), [
    { start: 0, end: 20, count: 3 },
    { start: 31, end: 31, count: 1 },
  ]);
});

test('a late addition closes the gap between two spans', () => {
  assert.deepEqual(build([at(0), at(18), at(9)], 10), [{ start: 0, end: 18, count: 3 }]);
});

test('any order of addition gives the same spans, and a wider gap may be applied later', () => {
  const random = seededRandom(3);
  for (let round = 0; round < 200; round += 1) {
    const added = Array.from({ length: 40 }, () => {
      const start = Math.floor(random.next() * 1_000);
      return span(start, start + Math.floor(random.next() * 8));
    });
    const fine = build(added, 6);
    assert.deepEqual(build(shuffled(added, random), 6), fine);
    assert.deepEqual(joinSpans(fine, 15), build(added, 15));
    assert.equal(
      fine.reduce((sum, { count }) => sum + count, 0),
      added.length,
    );
  }
});

test('covering and shared length agree with counting every tick', () => {
  const random = seededRandom(4);
  const draw = (): Span[] =>
    build(
      Array.from({ length: 6 }, () => {
        const start = Math.floor(random.next() * 300);
        return span(start, start + 1 + Math.floor(random.next() * 30));
      }),
      0,
    );
  for (let round = 0; round < 100; round += 1) {
    const [a, b] = [draw(), draw()];
    let [inA, inBoth] = [0, 0];
    for (let tick = 0.5; tick < 400; tick += 1) {
      if (covers(a, tick)) inA += 1;
      if (covers(a, tick) && covers(b, tick)) inBoth += 1;
    }
    assert.equal(lengthOf(a), inA);
    assert.equal(sharedLength(a, b), inBoth);
    assert.equal(sharedLength(b, a), inBoth);
  }
});

test('the ends of a span are covered, just outside is not', () => {
  const spans = [span(10, 20)];
  assert.deepEqual(
    [9, 10, 15, 20, 21].map((time) => covers(spans, time)),
    [false, true, true, true, false],
  );
});
