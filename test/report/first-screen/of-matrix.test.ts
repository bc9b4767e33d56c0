// What a matrix says first: what all of its runs lost, and whether they came out as expected.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RunRecord } from '../../../src/model/run-record.ts';
import { firstScreenOfMatrix } from '../../../src/report/first-screen/of-matrix.ts';
import { newerRecord } from './recorded-records.ts';

describe('the first screen of a matrix', () => {
  const cellOf = (name: string, expected: RunRecord['verdict']['outcome']) => ({
    record: newerRecord(name),
    expected,
  });

  test('says whether all of its runs came out as expected', () => {
    assert.deepEqual(
      firstScreenOfMatrix([cellOf('policy-reject', 'both'), cellOf('policy-reject', 'both')]).expected,
      { met: true, words: 'as expected: all 2 runs' },
    );
    assert.deepEqual(
      firstScreenOfMatrix([cellOf('policy-reject', 'both'), cellOf('policy-reject', 'none')]).expected,
      { met: false, words: 'not as expected: 1 of 2 runs (as it is: both, where none was expected)' },
    );
  });

  test('counts what all of its runs lost, and says each way of losing once, the most frequent first', () => {
    const names = ['policy-reject', 'server-aborted', 'policy-reject', 'healthy'];
    const { headline, tone, answers } = firstScreenOfMatrix(names.map((name) => cellOf(name, 'both')));
    assert.equal(headline, 'In 3 of 4 runs 48 connections were reset; the other run lost none.');
    assert.equal(tone, 'lost');
    assert.deepEqual(
      answers.map(({ lost, what, why }) => [lost, what, why.cause]),
      [
        [24, '24 connections were reset', 'policy-reject'],
        [24, '24 connections were reset', 'server-aborted'],
      ],
    );
  });

  test('of runs that lost nothing has no answer, and is sure only where each of them is', () => {
    const healthy = cellOf('healthy', 'none');
    const { headline, tone, answers } = firstScreenOfMatrix([healthy]);
    assert.deepEqual([headline, tone, answers], ['No connection was lost in the one run.', 'unsure', []]);
  });
});
