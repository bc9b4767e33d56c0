// What a folder without a record holds is reported as its diagnosis, in every format.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { diagnosePaths } from '../../src/experiment/re-diagnose.ts';
import { openSavedReport } from '../../src/experiment/saved-report.ts';
import { watchRunSchema } from '../../src/model/watch-record.ts';
import { formats } from '../../src/report/formats/index.ts';
import { markdown } from '../../src/report/formats/markdown.ts';
import { observedFolder } from '../report/observed-folder.ts';
import { recordedCaptures } from '../report/recorded.ts';

for (const [what, collect] of [
  ['what was observed', (t: TestContext) => observedFolder(t, 'policy-reject')],
  [
    'what was observed into a folder called evidence',
    async (t: TestContext) => join(await observedFolder(t, 'silent-drop'), 'evidence'),
  ],
  ['a folder of captures', () => Promise.resolve(recordedCaptures)],
] as const) {
  test(`${what} is reported in each format as it is diagnosed`, async (t) => {
    const folder = await collect(t);
    const diagnosis = await diagnosePaths([folder]);
    assert.ok(diagnosis.findings.length > 0);
    const report = await openSavedReport(folder);
    assert.equal(report.folder, folder);
    for (const format of formats)
      assert.equal(await report.render(format), format.renderDiagnosis(diagnosis), format.name);
  });
}

test('what a watch left is the diagnosis of its evidence, with what the watch told', async (t) => {
  const folder = await observedFolder(t, 'policy-reject');
  const [from, to] = ['2026-11-28T07:11:00.000000Z', '2026-11-28T07:12:30.000000Z'];
  const run = watchRunSchema.parse({
    ...{ schemaVersion: 2, kind: 'watch', scenario: null, verdict: null, classes: [] },
    ...{ startedAt: from, durationSeconds: 90, complete: true },
    summary: {
      ...{ schemaVersion: 1, kind: 'summary', node: 'node-1', from, to },
      ...{ lost: 24, onlyCounted: 0, benign: 0, stalled: 0, byCause: [], missing: [] },
      watched: { connections: null, processes: null },
    },
  });
  await writeFile(join(folder, 'run.json'), JSON.stringify(run));
  const report = await openSavedReport(join(folder, 'evidence'));
  assert.equal(report.folder, folder);
  const said = await report.render(markdown);
  assert.match(said, /^# 24 connections were lost: 12 reset, 12 refused\./);
  assert.match(said, /- node-1, watched for 1m30s from .* on, which told 24 lost connections\n/);
});
