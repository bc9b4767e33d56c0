// Events are written in order, whole, each on its line, and none is lost to a slow reader.
import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
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
