// Events are written in order, whole, each on its line, and none is lost to a slow reader.
import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { ProbeEvent } from '../../src/model/probe-event.ts';
import { createEventWriter } from '../../src/probe/event-writer.ts';
import { until } from './recording.ts';

function event(number: number): ProbeEvent {
  return {
    event: 'listening',
    at: '2021-07-19T20:39:38.000000Z',
    loopDelayMs: number,
    role: 'server',
    local: '[::]:8080',
  };
}

function answered(number: number): ProbeEvent {
  const client = { role: 'client', class: 'c', connection: 0, slot: 0, local: null, remote: 'r' } as const;
  const at = '2021-07-19T20:39:38.000000Z';
  return { event: 'answered', at, loopDelayMs: number, ...client, latencyMs: 0, lateMs: 0, answers: 1 };
}

function numbersIn(text: string): number[] {
  assert.ok(text === '' || text.endsWith('\n'));
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as ProbeEvent).loopDelayMs);
}

/** A stream that finishes a write only when it is told to. */
function slowStream() {
  const writes: string[] = [];
  let release: (() => void) | undefined;
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string, _, callback) {
      writes.push(chunk);
      release = callback;
    },
  });
  return {
    stream,
    writes,
    release() {
      const callback = release;
      release = undefined;
      callback?.();
    },
  };
}

test('events of one turn go out in one write, those that come meanwhile in the next', async () => {
  const slow = slowStream();
  const writer = createEventWriter(slow.stream, assert.ifError);
  writer.write(event(1));
  writer.write(event(2));
  await until('the first write is made', () => slow.writes.length === 1);
  writer.write(event(3));
  writer.write(event(4));
  assert.deepEqual(slow.writes.map(numbersIn), [[1, 2]]);
  slow.release();
  await until('the second write is made', () => slow.writes.length === 2);
  assert.deepEqual(slow.writes.map(numbersIn), [
    [1, 2],
    [3, 4],
  ]);
});

test('the backlog counts what is not written yet, and flushed() waits for it', async () => {
  const slow = slowStream();
  const writer = createEventWriter(slow.stream, assert.ifError);
  assert.equal(writer.backlog(), 0);
  await writer.flushed();
  writer.write(event(1));
  const one = writer.backlog();
  assert.equal(one, JSON.stringify(event(1)).length + 1);
  await until('the first write is made', () => slow.writes.length === 1);
  writer.write(event(2));
  assert.equal(writer.backlog(), 2 * one);
  let flushed = false;
  const done = writer.flushed().then(() => (flushed = true));
  slow.release();
  await until('the second write is made', () => slow.writes.length === 2);
  assert.equal(writer.backlog(), one);
  assert.equal(flushed, false);
  slow.release();
  await done;
  assert.equal(writer.backlog(), 0);
});

test('the first error is told once, and nobody waits for ever afterwards', async () => {
  const errors: string[] = [];
  const stream = new Writable({
    write(_chunk, _encoding, callback) {
      callback(Object.assign(new Error('no space left'), { code: 'ENOSPC' }));
    },
  });
  const writer = createEventWriter(stream, (error) => errors.push(error.code ?? ''));
  writer.write(event(1));
  await writer.flushed();
  writer.write(event(2));
  await writer.flushed();
  assert.deepEqual(errors, ['ENOSPC']);
  assert.equal(writer.backlog(), 0);
});

test('answers wait for a moment, and go out before what comes after them', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const slow = slowStream();
  const writer = createEventWriter(slow.stream, assert.ifError);
  writer.write(answered(1));
  writer.write(answered(2));
  await turn();
  await turn();
  assert.deepEqual(slow.writes, []);
  writer.write(event(3));
  await turn();
  await turn();
  assert.deepEqual(slow.writes.map(numbersIn), [[1, 2, 3]]);
});

test('answers that nothing follows go out on their own, and by a flush at once', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const slow = slowStream();
  const writer = createEventWriter(slow.stream, assert.ifError);
  writer.write(answered(1));
  t.mock.timers.tick(100);
  await turn();
  await turn();
  assert.deepEqual(slow.writes.map(numbersIn), [[1]]);
  slow.release();
  await turn();
  writer.write(answered(2));
  const flushed = writer.flushed();
  await turn();
  await turn();
  assert.deepEqual(slow.writes.map(numbersIn), [[1], [2]]);
  slow.release();
  await flushed;
});
