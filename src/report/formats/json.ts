// A run as JSON, the record itself with what is said first of it, as the next program wants it; a matrix as the array of its runs' records.
import type { DiagnosisRecord } from '../../model/diagnosis-record.ts';
import { jsonDocument } from '../../model/json-document.ts';
import type { RunRecord } from '../../model/run-record.ts';
import { firstScreenOfDiagnosis } from '../first-screen/of-diagnosis.ts';
import { firstScreenOfRun } from '../first-screen/of-run.ts';
import type { Format, MatrixCell, ShownMatrix } from './format.ts';

const withScreen = (run: RunRecord): RunRecord => ({ ...run, firstScreen: firstScreenOfRun(run) });

export const json = {
  name: 'json',
  fileName: 'report.json',
  printed: true,
  needs: 'record',
  renderRun: (run: RunRecord) => jsonDocument(withScreen(run)),
  renderDiagnosis: (diagnosis: DiagnosisRecord) =>
    jsonDocument({ ...diagnosis, firstScreen: firstScreenOfDiagnosis(diagnosis) }),
  renderMatrix: ({ cells }: ShownMatrix<MatrixCell>) =>
    jsonDocument(cells.map(({ record }) => withScreen(record))),
} as const satisfies Format;
