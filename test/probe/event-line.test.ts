// An event's line is JSON.stringify's, whichever way it was made.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProbeEvent } from '../../src/model/probe-event.ts';
import { eventLine } from '../../src/probe/event-line.ts';

const answered = {
  event: 'answered',
  at: '2021-07-19T20:39:38.000001Z',
  loopDelayMs: 0.125,
  role: 'client',
  class: 'co-located',
  connection: 12,
  slot: 3,
  local: '10.44.0.33:33326',
  remote: '[fd00::1]:8080',
  latencyMs: 0.25,
  lateMs: 0,
  answers: 7,
} as const;

const events: ProbeEvent[] = [
  answered,
  { ...answered, local: null },
  { ...answered, class: 'quote " backslash \\ newline \n' },
  { ...answered, class: '\u2028 <script> ó 🎉 \ud800' },
  { ...answered, class: '', latencyMs: 1e-7, lateMs: 12_345.678 },
  { event: 'listening', at: answered.at, loopDelayMs: 1, role: 'server', local: '[::]:8080' },
];

test('an event is one line of JSON, as JSON.stringify makes it', () => {
  for (const event of events) assert.equal(eventLine(event), `${JSON.stringify(event)}\n`);
});
