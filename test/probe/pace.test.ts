// The pace is a pure function of time: even, without drift, and without catching up.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTurns, nextTickMs, slotOffsetMs } from '../../src/probe/pace.ts';

test('slots start evenly spread over one period', () => {
  const offsets = [0, 1, 2, 3].map((slot) => slotOffsetMs(slot, 4, 5_000));
  assert.deepEqual(offsets, [0, 1_250, 2_500, 3_750]);
  assert.equal(slotOffsetMs(0, 1, 5_000), 0);
});

test('the first tick after the origin is one period later', () => {
  assert.equal(nextTickMs(1_000, 5_000, 1_000), 6_000);
  assert.equal(nextTickMs(1_000, 5_000, 1_000.25), 6_000);
});

test('a tick served late moves no later tick', () => {
  let due = nextTickMs(0, 5_000, 0);
  const dues = [due];
  for (const late of [3, 40, 0.5, 4_999]) {
    due = nextTickMs(0, 5_000, due + late);
    dues.push(due);
  }
  assert.deepEqual(dues, [5_000, 10_000, 15_000, 20_000, 25_000]);
});

test('ticks that passed during a stall are left out', () => {
  assert.equal(nextTickMs(0, 5_000, 17_000), 20_000);
});

test('exactly on a tick the next one is a whole period away', () => {
  assert.equal(nextTickMs(0, 5_000, 15_000), 20_000);
});

test('no rounding makes a tick come twice or go missing', () => {
  for (const period of [0.1, 1 / 3, 0.7, 1.1, 5_000 / 7]) {
    for (const origin of [0, 0.3, 1e6 + 0.1, 1e9 / 7]) {
      for (let k = 1; k < 2_000; k++) {
        const tick = origin + k * period;
        assert.equal(nextTickMs(origin, period, tick), origin + (k + 1) * period);
      }
    }
  }
});

test('with a rate, turns are evenly spaced from the first one on, and unused time is not saved up', () => {
  const turns = createTurns(4);
  assert.deepEqual(
    [1_000, 1_000, 1_100, 1_100].map((nowMs) => turns.next(nowMs)),
    [1_000, 1_250, 1_500, 1_750],
  );
  assert.deepEqual([turns.next(9_000), turns.next(9_000)], [9_000, 9_250]);
  const free = createTurns(undefined);
  assert.deepEqual([free.next(1), free.next(1)], [1, 1]);
});
