// The log: lines in their order, answers gathered, everything else without delay.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { linesAtOnce, linesPerSecond } from '../../src/probe/log-limit.ts';
import { createLogWriter } from '../../src/probe/log-writer.ts';
import { manualTime } from './manual-time.ts';

function writer(writes: string[], monotonic = () => 0) {
  const clock = { now: () => Date.UTC(2021, 6, 19) * 1_000, monotonic };
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

const reset = (port: number) => `read tcp 10.0.0.1:${port}->10.0.0.2:8080: read: connection reset by peer`;
const summed = (messages: string[]) =>
  messages.reduce(
    (total, message) => total + Number(/^([0-9]+) more like this: /.exec(message)?.[1] ?? 0),
    0,
  );

test('a thousand connections that are reset and made again at once are all written', (t) => {
  const time = manualTime(t);
  const writes: string[] = [];
  const { log, flush } = writer(writes, () => time.clock.monotonic());
  for (let port = 1; port <= 1_000; port++) log(reset(port));
  for (let port = 1; port <= 1_000; port++) log('Connected to server at: 10.0.0.2:8080');
  flush();
  assert.equal(writes.flatMap(messagesIn).length, 2_000);
});

test('a flood is written up to its bound, the rest is counted once a second, and no line is lost from the count', (t) => {
  const time = manualTime(t);
  const writes: string[] = [];
  const { log, flush } = writer(writes, () => time.clock.monotonic());
  const seconds = 10;
  for (let ms = 0; ms < seconds * 1_000; ms++) {
    for (let line = 0; line < 10; line++) log(reset(ms), 'soon');
    time.pass(1);
  }
  log('EOF');
  flush();
  const messages = writes.flatMap(messagesIn);
  const sums = messages.filter((message) => message.includes(' more like this: '));
  const whole = messages.filter((message) => message.startsWith('read tcp'));
  assert.ok(whole.length <= linesAtOnce + seconds * linesPerSecond, `${whole.length} lines`);
  assert.ok(whole.length >= linesAtOnce, `${whole.length} lines`);
  assert.equal(whole.length + summed(sums), seconds * 10_000);
  assert.ok(sums.length <= seconds + 1, `${sums.length} sums`);
  assert.match(sums[0] ?? '', /connection reset by peer$/);
  assert.ok(messages.includes('EOF'), 'a line of another sort is written all the same');
});

test('lines that a peer makes long, or each of another sort, are bounded as well', (t) => {
  const time = manualTime(t);
  for (const line of [
    (index: number) => `Response from server: "${'x'.repeat(60_000)}${index}"`,
    (index: number) => `${String.fromCodePoint(0x4e00 + (index % 20_000))}: ${'y'.repeat(1_000)}`,
  ]) {
    const writes: string[] = [];
    const { log, flush } = writer(writes, () => time.clock.monotonic());
    for (let index = 0; index < 10_000; index++) log(line(index));
    flush();
    const messages = writes.flatMap(messagesIn);
    const characters = messages.reduce((total, { length }) => total + length, 0);
    assert.ok(characters < 101 * linesAtOnce * 200 && messages.length < 10_000, `${characters} characters`);
    const whole = messages.filter((message) => !message.includes(' more like this: '));
    assert.equal(whole.length + summed(messages), 10_000);
  }
});
