import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { repeat } from '../../../src/lab/world/repeat.ts';
import { pause } from '../../../src/system/pause.ts';

function* always(milliseconds: number): Generator<number, never> {
  for (;;) yield milliseconds;
}

it('who is late leaves out what was missed', async () => {
  const stopping = new AbortController();
  const began: number[] = [];
  await repeat(
    async () => {
      began.push(performance.now());
      if (began.length === 1) await sleep(200);
      if (began.length === 3) stopping.abort();
    },
    always(50),
    stopping.signal,
  );
  // Three periods were missed while the first action ran. Only one action follows at once, the next a whole period later.
  assert.ok(began[2]! - began[1]! > 40, `${began[2]! - began[1]!} ms`);
});

it('stopping lets the action under way come to its end, and cuts a pause short', async () => {
  const stopping = new AbortController();
  const did: string[] = [];
  const running = repeat(
    async (signal) => {
      did.push('begun');
      stopping.abort();
      await pause(60_000, signal);
      did.push('ended');
    },
    always(1),
    stopping.signal,
  );
  await running;
  assert.deepEqual(did, ['begun', 'ended']);
});
