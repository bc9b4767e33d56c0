import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatDuration, parseDuration } from '../../src/model/duration.ts';
import { Problem } from '../../src/model/problem.ts';

describe('durations', () => {
  it('are read as Go reads them', () => {
    assert.equal(parseDuration('500ms'), 500);
    assert.equal(parseDuration('5s'), 5_000);
    assert.equal(parseDuration('1m30s'), 90_000);
    assert.equal(parseDuration('1.5h'), 5_400_000);
    assert.equal(parseDuration('.5s'), 500);
    assert.equal(parseDuration('62.5ms'), 62.5);
    assert.equal(parseDuration('250us'), 0.25);
    assert.equal(parseDuration('0'), 0);
  });

  it('are seconds when they are a bare number', () => {
    assert.equal(parseDuration('10'), 10_000);
    assert.equal(parseDuration('0.5'), 500);
    assert.equal(parseDuration('.25'), 250);
    assert.equal(parseDuration('90.'), 90_000);
  });

  for (const text of [
    '',
    '.',
    '1e3',
    '0x10',
    '-5',
    '5 ',
    '5s1',
    's',
    '-5s',
    '5 s',
    '5s ',
    '5x',
    '1e3s',
    '9'.repeat(400),
    '5sm',
    '.s',
    'five',
  ]) {
    it(`refuse "${text}" with a sentence that shows how to write one`, () => {
      assert.throws(
        () => parseDuration(text),
        (error) => error instanceof Problem && error.kind === 'usage' && error.message.includes('500ms'),
      );
    });
  }

  it('come back from their short form unchanged', () => {
    for (const text of ['250µs', '62.5ms', '500ms', '5s', '1m30s', '26m40s', '2h', '1h1m1s']) {
      assert.equal(formatDuration(parseDuration(text)), text);
    }
  });
});
