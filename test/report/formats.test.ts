// Each format of a recorded run and of a recorded matrix is what it was when somebody last looked at it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { text } from '../../src/report/formats/text.ts';
import { formats } from '../../src/report/formats/index.ts';
import { renderMatrixReport } from '../../src/experiment/matrix-report.ts';
import { readMatrixRecord, readRunRecord } from '../../src/run-folder/read-record.ts';
import { renderRun } from '../../src/experiment/run-report.ts';
import { assertGolden } from '../assert-golden.ts';
import { recordedDiagnosis, recordedReports, recordedRun } from './recorded.ts';

describe('the reports of recorded runs', () => {
  for (const format of formats) {
    test(`the default scenario as ${format.name} is as in the golden file`, async () => {
      await assertGolden(
        `report/default/${format.fileName}`,
        await renderRun(recordedRun('default'), format),
      );
    });
    test(`the diagnosis of a capture as ${format.name} is as in the golden file`, async () => {
      await assertGolden(
        `report/diagnose/${format.fileName}`,
        format.renderDiagnosis(await recordedDiagnosis('quiet-after-reset.pcap')),
      );
    });
    test(`the matrix as ${format.name} is as in the golden file`, async () => {
      const { data } = await readMatrixRecord(recordedReports);
      if (data === null) throw new Error('the recorded matrix cannot be read');
      await assertGolden(
        `report/matrix/${format.fileName}`,
        await renderMatrixReport(recordedReports, data, format),
      );
    });
  }
});

test('latencies are written without an exponent', async () => {
  const { data } = await readRunRecord(recordedRun('default'));
  const { basis } = data?.verdict ?? {};
  if (data === null || basis === undefined) throw new Error('the recorded run has no verdict');
  const slow = { estimate: 102.4, low: 15, high: 160 };
  const latency = {
    p50: { coLocated: slow, remote: slow },
    p99: { coLocated: slow, remote: slow },
    differs: false,
  };
  const printed = text.renderRun({ ...data, verdict: { ...data.verdict, basis: { ...basis, latency } } });
  assert.match(printed, /p99 102 \(15 to 160\) against 102 \(15 to 160\)/);
});
