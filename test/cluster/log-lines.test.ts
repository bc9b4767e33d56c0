// Events are told from log lines, and repeated lines are let through once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readEventLine } from '../../src/cluster/logged-event.ts';
import { createOnceFilter } from '../../src/cluster/once-filter.ts';
import { connected, micros } from './client-events.ts';

test('only a whole event is an event', () => {
  const line = JSON.stringify(connected(1, 0));
  assert.deepEqual(readEventLine(line), connected(1, 0));
  for (const other of [line.slice(0, -1), line.slice(1), `x${line}`, '{}', '{"event":"connected"}', '{a}']) {
    assert.equal(readEventLine(other), undefined, other);
  }
  assert.equal(
    readEventLine(
      '2021/07/19 20:39:38 read tcp 10.44.0.33:33326->10.48.14.50:8080: read: connection reset by peer',
    ),
    undefined,
  );
});

test('a line passes once, however often it comes', () => {
  const once = createOnceFilter();
  assert.deepEqual(
    [once.isNew('a', micros(1)), once.isNew('a', micros(1)), once.isNew('b', micros(1))],
    [true, false, true],
  );
});

test('lines of more than a minute ago are forgotten and not let through again', () => {
  const once = createOnceFilter();
  once.isNew('first', micros(0));
  for (let index = 0; index < 10_000; index++) once.isNew(`line ${index}`, micros(120));
  assert.equal(once.isNew('first', micros(0)), false);
  assert.equal(once.isNew('line 9999', micros(120)), false);
  assert.equal(once.isNew('later', micros(121)), true);
});
