// Deadlines: each owner expires once, a full length after its last renewal.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { createDeadlines, type DeadlineOwner } from '../../src/probe/deadlines.ts';
import { manualTime } from './manual-time.ts';

interface Owner extends DeadlineOwner {
  readonly name: string;
}

function owner(name: string): Owner {
  return { name, expiresMs: 0, earlier: null, later: null };
}

test('an owner expires a full length after it was last renewed', async (t) => {
  const time = manualTime(t);
  const expired: string[] = [];
  const deadlines = createDeadlines<Owner>(30, time.clock, ({ name }) =>
    expired.push(`${name}@${time.clock.monotonic()}`),
  );
  const pass = async (milliseconds: number) => {
    for (let step = 0; step < milliseconds; step++) {
      time.pass(1);
      await setImmediate();
    }
  };
  const [alone, renewed, cleared] = [owner('left alone'), owner('renewed'), owner('cleared')];
  deadlines.renew(alone);
  deadlines.renew(renewed);
  await pass(10);
  deadlines.renew(renewed);
  deadlines.renew(cleared);
  await pass(5);
  deadlines.clear(cleared);
  await pass(100);
  assert.deepEqual(expired, ['left alone@30', 'renewed@40']);
  deadlines.renew(owner('later'));
  await pass(100);
  assert.deepEqual(expired.slice(2), ['later@145']);
});

test('an owner renewed after its time has passed, but before the sockets were read, does not expire', async (t) => {
  const time = manualTime(t);
  const expired: string[] = [];
  const deadlines = createDeadlines<Owner>(30, time.clock, ({ name }) => expired.push(name));
  const answered = owner('answered in time');
  deadlines.renew(answered);
  deadlines.renew(owner('silent'));
  // The process stalls; the timer runs first, then what came meanwhile is read.
  time.pass(50);
  deadlines.renew(answered);
  await setImmediate();
  assert.deepEqual(expired, ['silent']);
});

test('after a stop nobody expires', async (t) => {
  const time = manualTime(t);
  const expired: string[] = [];
  const deadlines = createDeadlines<Owner>(30, time.clock, ({ name }) => expired.push(name));
  deadlines.renew(owner('someone'));
  deadlines.stop();
  time.pass(100);
  await setImmediate();
  assert.deepEqual(expired, []);
});

test('whoever is cleared, first, last or between, the others expire in their order', async (t) => {
  const time = manualTime(t);
  for (const gone of [[0], [2], [1], [0, 1], [1, 2], [0, 2], [2, 1, 0]]) {
    const expired: string[] = [];
    const deadlines = createDeadlines<Owner>(30, time.clock, ({ name }) => expired.push(name));
    const owners = ['a', 'b', 'c'].map(owner);
    for (const each of owners) deadlines.renew(each);
    for (const place of gone) deadlines.clear(owners[place]!);
    for (const place of gone) deadlines.clear(owners[place]!);
    time.pass(40);
    await setImmediate();
    assert.deepEqual(
      expired,
      ['a', 'b', 'c'].filter((_, place) => !gone.includes(place)),
    );
  }
});
