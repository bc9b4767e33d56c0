// The alarm rings once, at its instant and not before, however far away that is and however often it was moved.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAlarm } from '../../src/probe/alarm.ts';
import { manualTime } from './manual-time.ts';

test('it rings once at the instant it was set to', (t) => {
  const time = manualTime(t);
  const rang: number[] = [];
  const alarm = createAlarm(time.clock, () => rang.push(time.clock.monotonic()));
  alarm.set(20);
  time.pass(100);
  assert.deepEqual(rang, [20]);
});

test('moved later or earlier it rings at the last instant only', (t) => {
  const time = manualTime(t);
  const rang: number[] = [];
  const alarm = createAlarm(time.clock, () => rang.push(time.clock.monotonic()));
  alarm.set(20);
  alarm.set(50);
  alarm.set(40);
  time.pass(100);
  alarm.set(150);
  alarm.set(110);
  time.pass(100);
  assert.deepEqual(rang, [40, 110]);
});

test('turned off it does not ring, and can be set again', (t) => {
  const time = manualTime(t);
  const rang: number[] = [];
  const alarm = createAlarm(time.clock, () => rang.push(time.clock.monotonic()));
  alarm.set(20);
  alarm.off();
  time.pass(30);
  alarm.set(40);
  time.pass(30);
  assert.deepEqual(rang, [40]);
});

test('an instant farther away than a timer can wait does not ring at once', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let now = 0;
  let rang = 0;
  const alarm = createAlarm({ now: () => now * 1_000, monotonic: () => now }, () => (rang += 1));
  const fortyDays = 40 * 86_400_000;
  alarm.set(fortyDays);
  now = 2 ** 31 - 1;
  t.mock.timers.tick(2 ** 31 - 1);
  assert.equal(rang, 0);
  now = fortyDays;
  t.mock.timers.tick(fortyDays - (2 ** 31 - 1));
  assert.equal(rang, 1);
});
