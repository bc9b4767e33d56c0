// What a folder holds, as a report of it: a matrix, a run, a watch, or evidence that somebody collected, each in any of the formats.
import { resolve } from 'node:path';
import type { DiagnosisRecord } from '../model/diagnosis-record.ts';
import { Problem } from '../model/problem.ts';
import type { Format } from '../report/formats/format.ts';
import { html } from '../report/formats/html.ts';
import type { TextStyle } from '../report/text-style.ts';
import {
  checkRunFolder,
  readableRunFolder,
  readMatrixRecord,
  readRunRecord,
  readWatchRun,
} from '../run-folder/read-record.ts';
import { renderMatrixReport } from './matrix-report.ts';
import { diagnosePaths } from './re-diagnose.ts';
import { renderRun } from './run-report.ts';
import { diagnoseWatch, watchPageOf } from './watch/watch-report.ts';

export interface SavedReport {
  /** Where its files belong. */
  readonly folder: string;
  readonly render: (format: Format, style?: TextStyle) => Promise<string>;
}

/**
 * Without a record the folder is evidence, and the report is its diagnosis.
 * @param named As it was typed, which is how a diagnosis calls it.
 * Throws a usage Problem for what is no folder, or holds nothing to read.
 */
export async function openSavedReport(named: string): Promise<SavedReport> {
  await checkRunFolder(named);
  const folder = readableRunFolder(resolve(named));
  const matrix = await readMatrixRecord(folder);
  if (matrix.data !== null) {
    const { data } = matrix;
    return { folder, render: (format, style) => renderMatrixReport(folder, data, format, style) };
  }
  if (!matrix.absent) throw new Problem('usage', `${folder}: ${matrix.why}`);
  const watch = await readWatchRun(folder);
  if (watch.data !== null) {
    const { data } = watch;
    const { render } = ofDiagnosis(folder, () => diagnoseWatch(folder, data));
    const page = async (format: Format) => (format.name === html.name ? await watchPageOf(folder) : null);
    return { folder, render: async (format, style) => (await page(format)) ?? (await render(format, style)) };
  }
  const run = await readRunRecord(folder);
  if (run.data === null && run.absent) return ofDiagnosis(named, () => diagnosePaths([named]));
  return { folder, render: (format, style) => renderRun(folder, format, style) };
}

/** Diagnosed once for all formats, and not before one is wanted: it may take a while. */
function ofDiagnosis(folder: string, diagnose: () => Promise<DiagnosisRecord>): SavedReport {
  let diagnosis: Promise<DiagnosisRecord> | null = null;
  return {
    folder,
    render: async (format, style) => {
      diagnosis ??= diagnose();
      return format.renderDiagnosis(await diagnosis, style);
    },
  };
}
