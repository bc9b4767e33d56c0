// What is held for a follower that comes back: by number, and bounded in bytes and in time.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createEventRing } from '../../../src/observe/serving/event-ring.ts';

const lines = (ring: ReturnType<typeof createEventRing>, number: number) =>
  ring.after(number).map(({ line }) => line);

it('gives what came after a number, and says how much of it is gone', () => {
  const ring = createEventRing({ mostBytes: 10, keepMs: 1_000 });
  for (const at of [1, 2, 3]) ring.add((number) => `line${number}`, at);
  assert.deepEqual(lines(ring, 0), ['line2', 'line3']);
  assert.deepEqual(lines(ring, 2), ['line3']);
  assert.deepEqual(lines(ring, 3), []);
  assert.deepEqual(
    [0, 1, 3].map((number) => ring.lostAfter(number)),
    [1, 0, 0],
  );
  assert.equal(ring.bytes, 10);
});

it('lets go of what is too old', () => {
  const ring = createEventRing({ mostBytes: 1_000, keepMs: 100 });
  ring.add(() => 'old', 0);
  ring.add(() => 'new', 101);
  assert.deepEqual(lines(ring, 0), ['new']);
});

it('is the same after thousands', () => {
  const ring = createEventRing({ mostBytes: 40, keepMs: 1e9 });
  for (let at = 1; at <= 5_000; at += 1) ring.add((number) => String(number).padStart(4, '0'), at);
  assert.equal(ring.last, 5_000);
  assert.deepEqual(lines(ring, 4_997), ['4998', '4999', '5000']);
  assert.equal(ring.after(0).length, 10);
});
