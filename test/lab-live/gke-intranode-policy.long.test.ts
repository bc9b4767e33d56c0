// The default scenario without one of its factors, or with a fix: nobody is reset.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { labRun, labSkip } from './netdebug.ts';

const harmless = [
  ['--without', 'network-policy'],
  ['--without', 'intranode-visibility'],
  ['--fix', 'felix-table-range'],
  ['--fix', 'headless-service'],
];
// Two at a time: a machine that is busy makes nobody reset anything.
describe('the GKE bug is gone', { skip: await labSkip(), concurrency: 2 }, () => {
  for (const words of harmless) {
    it(`with ${words.join(' ')}: nobody is reset`, async (t) => {
      const { record, exitCode } = await labRun(t, '--duration', '15s', ...words);
      assert.deepEqual(
        record.classes.map((one) => one.resets),
        [0, 0, 0, 0],
      );
      assert.equal(record.verdict.outcome, 'none', record.verdict.sentence);
      assert.deepEqual(record.findings, []);
      assert.equal(exitCode, 0);
    });
  }
});
