// Deadlines: each owner expires once, a full length after its last renewal.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { createDeadlines } from '../../src/probe/deadlines.ts';
import { manualTime } from './manual-time.ts';

test('an owner expires a full length after it was last renewed', async (t) => {
  const time = manualTime(t);
  const expired: string[] = [];
  const deadlines = createDeadlines<string>(30, time.clock, (owner) =>
    expired.push(`${owner}@${time.clock.monotonic()}`),
  );
  const pass = async (milliseconds: number) => {
    for (let step = 0; step < milliseconds; step++) {
      time.pass(1);
      await setImmediate();
    }
  };
  deadlines.renew('left alone');
  deadlines.renew('renewed');
  await pass(10);
  deadlines.renew('renewed');
  deadlines.renew('cleared');
  await pass(5);
  deadlines.clear('cleared');
  await pass(100);
  assert.deepEqual(expired, ['left alone@30', 'renewed@40']);
  deadlines.renew('later');
  await pass(100);
  assert.deepEqual(expired.slice(2), ['later@145']);
});

test('an owner renewed after its time has passed, but before the sockets were read, does not expire', async (t) => {
  const time = manualTime(t);
  const expired: string[] = [];
  const deadlines = createDeadlines<string>(30, time.clock, (owner) => expired.push(owner));
  deadlines.renew('answered in time');
  deadlines.renew('silent');
  // The process stalls; the timer runs first, then what came meanwhile is read.
  time.pass(50);
  deadlines.renew('answered in time');
  await setImmediate();
  assert.deepEqual(expired, ['silent']);
});

test('after a stop nobody expires', async (t) => {
  const time = manualTime(t);
  const expired: string[] = [];
  const deadlines = createDeadlines<string>(30, time.clock, (owner) => expired.push(owner));
  deadlines.renew('someone');
  deadlines.stop();
  time.pass(100);
  await setImmediate();
  assert.deepEqual(expired, []);
});
