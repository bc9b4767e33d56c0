// The loop delay tells this process's own stall at the moment it matters, forgets it afterwards, and costs next to nothing at rest.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { watchLoopDelay } from '../../src/probe/loop-delay.ts';
import { manualTime } from './manual-time.ts';
import { until } from './recording.ts';

test('a process that does not run notices, during its stall and right after it, and recovers', async (t) => {
  const delay = watchLoopDelay(() => performance.now());
  t.after(() => delay.stop());
  const start = performance.now();
  while (performance.now() - start < 200);
  assert.ok(delay.current() >= 150, `${delay.current()} ms while stalled`);
  await setImmediate();
  assert.ok(delay.current() >= 150, `${delay.current()} ms when the sockets are read again`);
  await until('the delay is forgotten', () => delay.current() < 100);
});

/** A watch on manual time; `wakeUps` counts how often its timer ran, `stall` lets time pass in which nothing runs. */
function watch(t: Parameters<typeof manualTime>[0], waits: () => boolean = () => false) {
  const time = manualTime(t);
  let [stalledMs, looks] = [0, 0];
  const delay = watchLoopDelay(
    () => time.clock.monotonic() + stalledMs,
    () => {
      looks += 1;
      return waits();
    },
  );
  return {
    pass: (ms: number) => time.pass(ms),
    delay,
    wakeUps: () => looks,
    stall: (ms: number) => void (stalledMs += ms),
  };
}

test('at rest it wakes up four times a second', (t) => {
  const { delay, pass, wakeUps } = watch(t);
  pass(100);
  const before = wakeUps();
  pass(30_000);
  assert.ok(wakeUps() - before <= 120, `${wakeUps() - before} times in 30 s`);
  assert.equal(delay.current(), 0);
});

test('it looks closely while an answer is waited for, and right after something happened', (t) => {
  let waiting = false;
  const { delay, pass, wakeUps, stall } = watch(t, () => waiting);
  waiting = true;
  pass(300);
  const before = wakeUps();
  pass(1_000);
  assert.equal(wakeUps() - before, 50);
  stall(300);
  assert.ok(delay.current() >= 280, `${delay.current()} ms while an answer is waited for`);
  waiting = false;
  pass(1_000);
  assert.equal(delay.current(), 0);
  // Something happened just now: a burst that keeps the process busy from here on is seen as well.
  stall(60);
  assert.equal(delay.current(), 40);
});

test('a stall at rest is told to all that is read after it, before and after the timer has run, and then forgotten', (t) => {
  const { delay, pass, stall, wakeUps } = watch(t);
  pass(2_000);
  stall(700);
  const told = delay.current();
  assert.ok(told >= 450 && told <= 700, `${told} ms`);
  assert.equal(delay.current(), told, 'the second of the same moment');
  for (const before = wakeUps(); wakeUps() === before;) pass(1);
  assert.ok(delay.current() >= 450, 'after the timer has run');
  pass(20);
  assert.equal(delay.current(), 0);
});
