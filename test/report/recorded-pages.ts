// A page of everything that was recorded, as this version says it: each run, each capture by somebody else, a matrix.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { renderMatrixReport } from '../../src/experiment/matrix-report.ts';
import { readShown } from '../../src/experiment/run-report.ts';
import type { FirstScreen } from '../../src/model/first-screen.ts';
import { firstScreenOfDiagnosis } from '../../src/report/first-screen/of-diagnosis.ts';
import { firstScreenOfMatrix } from '../../src/report/first-screen/of-matrix.ts';
import { firstScreenOfRun } from '../../src/report/first-screen/of-run.ts';
import type { ShownMatrix } from '../../src/report/formats/format.ts';
import { html } from '../../src/report/formats/html.ts';
import { renderPage } from '../../src/report/html/page.ts';
import { readMatrixRecord } from '../../src/run-folder/read-record.ts';
import { recordedRuns } from '../diagnose/recorded.ts';
import { viewOf } from './drawn-runs.ts';
import { newerRecord } from './first-screen/recorded-records.ts';
import { recordedCaptures, recordedDiagnosis, recordedReports, recordedRun } from './recorded.ts';

export interface RecordedPage {
  readonly name: string;
  readonly html: string;
  /** What it has to say first. */
  readonly screen: FirstScreen;
}

/** Made one after the other, since each takes its time. */
export async function* recordedPages(): AsyncGenerator<RecordedPage> {
  for (const name of readdirSync(recordedRuns)) {
    const record = newerRecord(name);
    yield { name, html: renderPage(viewOf(name, record)), screen: firstScreenOfRun(record) };
  }
  for (const name of ['default', 'none', 'inconclusive'] as const) {
    const shown = await readShown(recordedRun(name));
    const { record } = shown.view;
    if (record === null) throw new Error(`${name} has no record`);
    yield { name: `report-${name}`, html: html.renderRun(shown), screen: firstScreenOfRun(record) };
  }
  for (const name of readdirSync(recordedCaptures)) {
    const diagnosis = await recordedDiagnosis(name);
    yield { name, html: html.renderDiagnosis(diagnosis), screen: firstScreenOfDiagnosis(diagnosis) };
  }
  yield await matrixPage();
}

async function matrixPage(): Promise<RecordedPage> {
  const { data } = await readMatrixRecord(recordedReports);
  if (data === null) throw new Error('the recorded matrix cannot be read');
  const screens: FirstScreen[] = [];
  const renderMatrix = (matrix: ShownMatrix) => {
    screens.push(firstScreenOfMatrix(matrix.cells));
    return html.renderMatrix(matrix);
  };
  const page = await renderMatrixReport(recordedReports, data, { ...html, renderMatrix });
  return { name: 'matrix', html: page, screen: screens[0] ?? assert.fail() };
}
