// The delay grows from nothing to half a minute, and is spread over its upper half.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { redialDelay } from '../../src/probe/redial-delay.ts';

const most = () => 1 - Number.EPSILON;

test('it is nothing without a failure, then doubles from 50 ms on, up to 30 s', () => {
  const delays = [0, 1, 2, 3, 4, 10, 11, 12, 60, 5_000].map((failures) => redialDelay(failures, most));
  assert.deepEqual(
    delays.map((delay) => Math.round(delay)),
    [0, 50, 100, 200, 400, 25_600, 30_000, 30_000, 30_000, 30_000],
  );
});

test('it is never less than half, and spread evenly from there to the whole', () => {
  assert.deepEqual(
    [0, 0.5, 1].map((random) => redialDelay(3, () => random)),
    [100, 150, 200],
  );
  assert.deepEqual(
    [0, 1].map((random) => redialDelay(99, () => random)),
    [15_000, 30_000],
  );
});
