// A matrix in any of the formats: its runs are read from the folders beside matrix.json.
import type { MatrixRecord } from '../model/matrix-record.ts';
import { Problem } from '../model/problem.ts';
import type { Format, PicturedCell } from '../report/formats/format.ts';
import { html } from '../report/formats/html.ts';
import type { TextStyle } from '../report/text-style.ts';
import { readRun } from './read-run.ts';
import { writeRunPage } from './run-report.ts';
import { cellFolder } from '../run-folder/layout.ts';
import { hasReport, writeReport } from '../run-folder/write-record.ts';

/** Throws a usage Problem when not one of the runs can be read. */
export async function renderMatrixReport(
  folder: string,
  matrix: MatrixRecord,
  format: Format,
  style?: TextStyle,
): Promise<string> {
  const { cells, missing } = await readCells(folder, matrix);
  if (cells.length === 0) throw new Problem('usage', `${folder} holds no readable run: ${missing.join(' ')}`);
  return format.renderMatrix({ scenario: matrix.scenario, cells, missing }, style);
}

/** Writes each run's page and the matrix's own; returns the path of the latter. */
export async function writeMatrixPages(folder: string, matrix: MatrixRecord): Promise<string> {
  for (const cell of matrix.cells) await writeRunPage(cellFolder(folder, cell.folder));
  return await writeReport(folder, html.fileName, await renderMatrixReport(folder, matrix, html));
}

async function readCells(
  folder: string,
  matrix: MatrixRecord,
): Promise<{ cells: PicturedCell[]; missing: string[] }> {
  const cells: PicturedCell[] = [];
  const missing: string[] = [];
  for (const { folder: name, expected } of matrix.cells) {
    try {
      const cell = cellFolder(folder, name);
      const view = await readRun(cell);
      const page = hasReport(cell, html.fileName) ? `${encodeURIComponent(name)}/${html.fileName}` : null;
      if (view.record === null) missing.push(`${name}: ${view.missing[0] ?? ''}`);
      else cells.push({ record: view.record, expected, view, page });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      missing.push(error.message);
    }
  }
  return { cells, missing };
}
