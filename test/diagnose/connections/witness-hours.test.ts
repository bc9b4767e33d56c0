// A witness that ended and was begun anew has missed what was in between, and no more than that.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createNodeReader } from '../../../src/diagnose/connections/node-timeline.ts';
import type { NodeEvent } from '../../../src/model/node-event.ts';
import { source } from '../made-by-hand.ts';

const of = (...events: readonly NodeEvent[]) => {
  const reader = createNodeReader(null);
  for (const event of events) reader.add(event);
  const { mayHaveMissed } = reader.timeline();
  const base = Date.parse(source('capture', 'started', { seconds: 0 }).at) * 1_000;
  return (from: number, to: number) => mayHaveMissed('capture', 'node-1', base + from * 1e6, base + to * 1e6);
};
const begun = (seconds: number) => source('capture', 'started', { seconds });
const failed = (seconds: number) => source('capture', 'failed', { seconds });

it('misses all that comes after its end, from shortly before it was told', () => {
  const missed = of(begun(0), failed(10));
  assert.deepEqual([missed(1, 5), missed(1, 9), missed(30, 40)], [false, true, true]);
});

it('misses nothing of what lies after it was begun anew', () => {
  const missed = of(begun(0), failed(10), begun(20));
  assert.deepEqual([missed(1, 5), missed(15, 25), missed(21, 25)], [false, true, false]);
});

it('has missed something, nobody knows when, where it counts what it lost, until it is begun anew', () => {
  const missed = of(begun(0), source('capture', 'limited', { seconds: 10, lost: 3 }), begun(20));
  assert.deepEqual([missed(1, 5), missed(21, 25)], [true, false]);
});

it('is not begun anew by its first word, be that read after the one of its end', () => {
  const missed = of(failed(10), begun(0));
  assert.equal(missed(8, 9), true);
});
