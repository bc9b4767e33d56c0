// Log lines begin as those of Go's log package do.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatLogLine } from '../../src/probe/log-line.ts';

const at = new Date(2021, 6, 19, 20, 39, 38, 512).getTime() * 1_000;

test('a text line begins with the local date and time to the second', () => {
  assert.equal(formatLogLine('text', at, 'EOF'), '2021/07/19 20:39:38 EOF\n');
  const early = new Date(2021, 0, 2, 3, 4, 5).getTime() * 1_000;
  assert.equal(formatLogLine('text', early, 'EOF'), '2021/01/02 03:04:05 EOF\n');
});

test('a JSON line has the time in UTC with microseconds, and the same message', () => {
  assert.equal(
    formatLogLine('json', Date.UTC(2021, 6, 19, 20, 39, 38, 512) * 1_000 + 7, 'said: "x"'),
    '{"at":"2021-07-19T20:39:38.512007Z","message":"said: \\"x\\""}\n',
  );
});
