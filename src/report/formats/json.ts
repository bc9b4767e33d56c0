// A run as JSON, the record itself, as the next program wants it; a matrix as the array of its runs' records.
import { jsonDocument } from '../../model/json-document.ts';
import type { Format, MatrixCell, ShownMatrix } from './format.ts';

export const json = {
  name: 'json',
  fileName: 'report.json',
  printed: true,
  needs: 'record',
  renderRun: jsonDocument,
  renderDiagnosis: jsonDocument,
  renderMatrix: ({ cells }: ShownMatrix<MatrixCell>) => jsonDocument(cells.map(({ record }) => record)),
} as const satisfies Format;
