// A run as JSON, the record itself, as the next program wants it; a matrix as the array of its runs' records.
import { jsonDocument } from '../../model/json-document.ts';
import type { Format } from './format.ts';

export const json: Format = {
  name: 'json',
  fileName: 'report.json',
  printed: true,
  needs: 'record',
  renderRun: jsonDocument,
  renderMatrix: ({ cells }) => jsonDocument(cells.map(({ record }) => record)),
};
