// A run as JSON: the record itself, as the next program wants it.
import { jsonDocument } from '../../model/json-document.ts';
import type { RunRecord } from '../../model/run-record.ts';

/** One JSON document, indented, with a newline at its end. */
export function renderJson(run: RunRecord): string {
  return jsonDocument(run);
}
