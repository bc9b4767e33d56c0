import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outputLog } from '../../../src/lab/workloads/output-log.ts';

function logged() {
  const lines: string[] = [];
  const log = outputLog({ line: (text) => lines.push(text), flush: () => undefined });
  const out = (text: string) => log.onStdout(Buffer.from(text));
  const err = (text: string) => log.onStderr(Buffer.from(text));
  return { lines, log, out, err };
}

test('a sentence on stderr stands before or behind a line of stdout that came in pieces, never in it', () => {
  const { lines, log, out, err } = logged();
  out('{"kind":');
  err('watching 3 connections\nnot');
  out('"lost"}\n{"kind"');
  err(' all was seen\n');
  out(':"summary"}\n');
  log.end();
  assert.deepEqual(lines, [
    'watching 3 connections',
    '{"kind":"lost"}',
    'not all was seen',
    '{"kind":"summary"}',
  ]);
});

test('what neither has ended at the end is written, each as a line of its own', () => {
  const { lines, log, out, err } = logged();
  out('{"kind":"su');
  err('killed');
  log.end();
  assert.deepEqual(lines, ['{"kind":"su', 'killed']);
});

test('a character that came in two pieces is whole, whatever the other one said between them', () => {
  const { lines, log, err } = logged();
  const [head, tail] = [Buffer.from('é\n').subarray(0, 1), Buffer.from('é\n').subarray(1)];
  log.onStdout(head);
  err('x\n');
  log.onStdout(tail);
  log.end();
  assert.deepEqual(lines, ['x', 'é']);
});
