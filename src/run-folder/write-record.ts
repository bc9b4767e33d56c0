// What is written into a run's folder when there is something to say of the whole: its record, its report.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { jsonDocument } from '../model/json-document.ts';
import type { MatrixRecord } from '../model/matrix-record.ts';
import type { RunRecord } from '../model/run-record.ts';
import { fileNames } from './layout.ts';
import { writeWhole } from './write-whole.ts';

/** These throw a `fault` when the file cannot be written. */
export const writeRunRecord = (folder: string, record: RunRecord): Promise<void> =>
  writeWhole(join(folder, fileNames.record), jsonDocument(record), 'fault');

export const writeMatrixRecord = (folder: string, record: MatrixRecord): Promise<void> =>
  writeWhole(join(folder, fileNames.matrix), jsonDocument(record), 'fault');

/** Resolves with the file's path; throws a usage Problem when it cannot be written. @param name As its format has it. */
export async function writeReport(folder: string, name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeWhole(path, text);
  return path;
}

/** A report that belongs to no folder, to the file that `option` was given; throws a usage Problem when it cannot be written. */
export const writeReportFile = (path: string, text: string, option: string): Promise<void> =>
  writeWhole(path, text, 'usage', `choose another file with ${option}`);

export const hasReport = (folder: string, name: string): boolean => existsSync(join(folder, name));
