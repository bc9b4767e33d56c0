// A client process that did not run hears at once of all that it missed: its first event says how late it was, and those after it,
// of other connections, do not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createProbeReader } from '../../../src/diagnose/connections/lost-by-probes.ts';
import type { ProbeEvent } from '../../../src/model/probe-event.ts';
import { failed } from '../made-by-hand.ts';
import { at } from '../story-events.ts';

function latenessOf(...reports: readonly { readonly seconds: number; readonly loopDelayMs: number }[]) {
  const reader = createProbeReader();
  for (const [slot, { seconds, loopDelayMs }] of reports.entries())
    reader.add(failed({ at: at(seconds), loopDelayMs, slot, connection: slot }));
  return reader.timeline().lost.map(({ lateMs }) => lateMs);
}

const answered = (at: string): ProbeEvent => ({
  ...{ event: 'answered', role: 'client', class: 'here', connection: 1, slot: 1, loopDelayMs: 0 },
  ...{ local: null, remote: '10.48.14.50:8080', at, latencyMs: 1, lateMs: 0, answers: 1 },
});

test('what fails just after a late event of the same process failed late, too', () => {
  const late = { seconds: 5, loopDelayMs: 900 };
  assert.deepEqual(latenessOf(late, { seconds: 5.004, loopDelayMs: 3 }), [900, 900]);
});

test('what fails a second later, or was told before, did not', () => {
  const late = { seconds: 5, loopDelayMs: 900 };
  assert.deepEqual(
    latenessOf({ seconds: 4.9, loopDelayMs: 2 }, late, { seconds: 6.1, loopDelayMs: 3 }),
    [2, 900, 3],
  );
});

test('a process that wakes reads first what came before it slept, and slept all the same', () => {
  const slot = { slot: 1, connection: 1 };
  const reader = createProbeReader();
  for (const seconds of [4, 4.9]) reader.add(answered(at(seconds)));
  reader.add(failed({ ...slot, at: at(4.91), lastGoodAt: at(4.9), loopDelayMs: 890 }));
  const [lost] = reader.timeline().lost;
  assert.equal(lost?.silenceMs, 900);
});

test('a connection that was well for a while after its process had slept is not lost by that', () => {
  const slot = { slot: 1, connection: 1 };
  const reader = createProbeReader();
  for (const seconds of [4, 4.9, 5.1, 5.3]) reader.add(answered(at(seconds)));
  reader.add(failed({ ...slot, at: at(5.4), lastGoodAt: at(5.3) }));
  const [lost] = reader.timeline().lost;
  assert.equal(lost?.silenceMs, 100);
});

test('what is lost is the attempt, where it is reset after the server had closed in an orderly way', () => {
  const slot = { slot: 1, connection: 1, lastGoodAt: at(4) };
  const attempt = {
    slot: 1,
    connection: 2,
    phase: 'connecting',
    livedMs: 0,
    answers: 0,
    lastGoodAt: null,
  } as const;
  const after = (failure: 'reset' | 'timeout' | 'refused') => {
    const reader = createProbeReader();
    reader.add(answered(at(4)));
    reader.add(failed({ ...slot, at: at(5), failure: 'closed', phase: 'idle' }));
    reader.add(failed({ ...attempt, at: at(5.1), failure }));
    return reader.timeline().lost.map((loss) => [loss.failure, loss.phase]);
  };
  assert.deepEqual(after('reset'), [['reset', 'connecting']]);
  assert.deepEqual(after('timeout'), [['timeout', 'connecting']]);
  // Of one that is refused both are looked at.
  assert.deepEqual(after('refused'), [['closed', 'idle']]);
});
