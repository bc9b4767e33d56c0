// The log: lines in their order, answers gathered, everything else without delay.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { createLogWriter } from '../../src/probe/log-writer.ts';
import { manualTime } from './manual-time.ts';

function writer(writes: string[]) {
  const clock = { now: () => Date.UTC(2021, 6, 19) * 1_000, monotonic: () => 0 };
  return createLogWriter('json', clock, (lines) => writes.push(lines));
}

function messagesIn(text: string): string[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { message: string }).message);
}

test('answers of one moment go out in one write', (t) => {
  const time = manualTime(t);
  const writes: string[] = [];
  const { log } = writer(writes);
  log('one', 'soon');
  time.pass(10);
  log('two', 'soon');
  assert.deepEqual(writes, []);
  time.pass(10);
  log('three', 'soon');
  time.pass(30);
  assert.deepEqual(writes.map(messagesIn), [['one', 'two'], ['three']]);
});

test('anything else takes what waits along, in order, without a timer', async (t) => {
  manualTime(t);
  const writes: string[] = [];
  const { log } = writer(writes);
  log('an answer', 'soon');
  log('a reset');
  log('another reset');
  await turn();
  assert.deepEqual(writes.map(messagesIn), [['an answer', 'a reset', 'another reset']]);
});

test('a flush writes at once, and nothing twice', (t) => {
  const time = manualTime(t);
  const writes: string[] = [];
  const { log, flush } = writer(writes);
  log('last words', 'soon');
  flush();
  flush();
  time.pass(30);
  assert.deepEqual(writes.map(messagesIn), [['last words']]);
});
