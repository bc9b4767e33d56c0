// When a lost connection is made anew: at once if it had lived, ever later if it had not, each slot for itself and all together.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRedialPace } from '../../src/probe/redial-pace.ts';

const most = () => 1;
const memory = () => ({ unanswered: 0, hasty: 0 });
const unanswered = { answers: 0, livedMs: 1 };
const hasty = { answers: 1, livedMs: 1 };
const lived = { answers: 1, livedMs: 1_000 };
const paced = { answers: 2, livedMs: 1 };

test('a connection that had lived is made anew at once, however often', () => {
  const pace = createRedialPace(1, most);
  const slot = memory();
  const delays = [lived, paced, lived, lived, paced].map((life, index) => pace.lost(slot, life, index));
  assert.deepEqual(delays, [0, 0, 0, 0, 0]);
});

test('one that was never answered waits, longer each time, until one is answered', () => {
  const pace = createRedialPace(1, most);
  const slot = memory();
  const delays = [unanswered, unanswered, unanswered].map((life) => pace.lost(slot, life, 7));
  assert.deepEqual(delays, [50, 100, 200]);
  assert.deepEqual([pace.lost(slot, lived, 8), pace.lost(slot, unanswered, 8)], [0, 50]);
});

test('a server that answers once and closes is not dialled at full speed either', () => {
  const pace = createRedialPace(1, most);
  const slot = memory();
  const delays = [1, 2, 3, 4].map((answered) => pace.lost(slot, hasty, answered));
  assert.deepEqual(delays, [0, 50, 100, 200]);
  assert.deepEqual([pace.lost(slot, paced, 6), pace.lost(slot, hasty, 7)], [0, 0]);
});

test('a slot that fails for the first time waits as long as all others have come to', () => {
  const pace = createRedialPace(2, most);
  const [one, other] = [memory(), memory()];
  for (let times = 0; times < 12; times++) pace.lost(one, unanswered, 3);
  assert.equal(pace.lost(other, unanswered, 3), 1_600);
  // Forgotten once any connection to that peer was answered.
  assert.equal(pace.lost(memory(), unanswered, 4), 50);
});
