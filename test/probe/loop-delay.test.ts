// The loop delay tells this process's own stall at the moment it matters, and forgets it afterwards.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { watchLoopDelay } from '../../src/probe/loop-delay.ts';
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
