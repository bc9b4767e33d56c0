// Connections of a class have one numbering over all processes and pods, and those of a process that died are ended.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createNumbering } from '../../src/cluster/connection-numbers.ts';
import type { ClientEvent } from '../../src/model/probe-event.ts';
import { answered, connected, reset } from './client-events.ts';

const short = (events: readonly ClientEvent[]) => events.map((event) => `${event.event} ${event.connection}`);

test('the numbers of the first process stay as they are', () => {
  const stream = createNumbering().stream();
  const events = [connected(1, 0), answered(2, 0), reset(3, 0), connected(3.1, 1)];
  assert.deepEqual(
    events.flatMap((event) => stream.take(event)),
    events,
  );
});

test('a number that begins again is a new process: its connections get new numbers, the old ones an end', () => {
  const stream = createNumbering().stream();
  for (const event of [connected(1, 0), answered(2, 0, 7), connected(2, 1)]) stream.take(event);
  const restarted = stream.take(connected(10, 0));
  assert.deepEqual(short(restarted), ['finished 0', 'finished 1', 'connected 2']);
  const [end] = restarted;
  assert.ok(end?.event === 'finished');
  assert.deepEqual([end.at, end.livedMs, end.answers], [answered(2, 0).at, 1_000, 7]);
  assert.deepEqual(short(stream.take(answered(11, 0))), ['answered 2']);
});

test('what is left of the old log and comes late is not taken for the new process', () => {
  const stream = createNumbering().stream();
  for (const event of [connected(1, 0), connected(2, 1), connected(10, 0)]) stream.take(event);
  assert.deepEqual(stream.take(answered(3, 0)), []);
  assert.deepEqual(short(stream.take(answered(11, 0))), ['answered 2']);
});

test('two pods of a class share the numbering, and a pod that is gone ends its connections', () => {
  const numbering = createNumbering();
  const [first, second] = [numbering.stream(), numbering.stream()];
  first.take(connected(1, 0));
  assert.deepEqual(short(second.take(connected(2, 0))), ['connected 1']);
  assert.deepEqual(short(first.end()), ['finished 0']);
  assert.deepEqual(first.end(), []);
});
