// A client process that did not run hears at once of all that it missed: its first event says how late it was, and those after it,
// of other connections, do not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createProbeReader } from '../../../src/diagnose/connections/lost-by-probes.ts';
import { failed } from '../made-by-hand.ts';
import { at } from '../story-events.ts';

function latenessOf(...reports: readonly { readonly seconds: number; readonly loopDelayMs: number }[]) {
  const reader = createProbeReader();
  for (const [slot, { seconds, loopDelayMs }] of reports.entries())
    reader.add(failed({ at: at(seconds), loopDelayMs, slot, connection: slot }));
  return reader.timeline().lost.map(({ lateMs }) => lateMs);
}

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
