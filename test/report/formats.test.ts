// Each format of a recorded run and of a recorded matrix is what it was when somebody last looked at it.
import { describe, test } from 'node:test';
import { formats } from '../../src/report/formats/index.ts';
import { renderMatrixReport } from '../../src/experiment/matrix-report.ts';
import { readMatrixRecord } from '../../src/run-folder/read-record.ts';
import { renderRun } from '../../src/experiment/run-report.ts';
import { assertGolden } from '../assert-golden.ts';
import { recordedReports, recordedRun } from './recorded.ts';

describe('the reports of recorded runs', () => {
  for (const format of formats) {
    test(`the default scenario as ${format.name} is as in the golden file`, async () => {
      await assertGolden(
        `report/default/${format.fileName}`,
        await renderRun(recordedRun('default'), format),
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
