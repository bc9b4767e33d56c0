// What can wait waits until nothing more comes in, but not for ever, and is done in order.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { createAfterBurst } from '../../src/probe/after-burst.ts';

function burst() {
  let now = 0;
  const done: number[] = [];
  const after = createAfterBurst({ now: () => now * 1_000, monotonic: () => now });
  const add = (from: number, count: number) => {
    for (let index = from; index < from + count; index++) after.add(() => done.push(index));
  };
  const turns = async (count: number) => {
    for (let times = 0; times < count; times++) await turn();
  };
  return { after, add, done, turns, pass: (ms: number) => void (now += ms) };
}

test('a single one is done in the next turn, without a timer', async () => {
  const { add, done, turns } = burst();
  add(1, 2);
  assert.deepEqual(done, []);
  await turns(2);
  assert.deepEqual(done, [1, 2]);
});

test('while more comes in nothing is done, and once it is calm all is, in order', async () => {
  const { add, done, turns, pass } = burst();
  for (let round = 0; round < 10; round++) {
    add(round * 50, 50);
    await turns(2);
    pass(1);
    assert.deepEqual(done, [], `in round ${round}`);
  }
  pass(2);
  await turns(2);
  assert.ok(done.length > 0 && done.length < 500, 'a part in each turn');
  await turns(60);
  assert.deepEqual(
    done,
    Array.from({ length: 500 }, (_, index) => index),
  );
});

test('a burst that does not end is not waited for', async () => {
  const { add, done, turns, pass } = burst();
  for (let ms = 0; ms < 600; ms++) {
    add(ms * 20, 20);
    pass(1);
    await turns(1);
  }
  assert.ok(done.length > 0);
});

test('finishing does at once what waits, and nothing twice', async () => {
  const { after, add, done, turns } = burst();
  add(0, 100);
  after.finish();
  assert.equal(done.length, 100);
  await turns(10);
  add(100, 1);
  await turns(2);
  assert.equal(done.length, 101);
});
