// What is written into a run's folder when there is something to say of the whole: its record, its report.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { jsonDocument } from '../model/json-document.ts';
import type { MatrixRecord } from '../model/matrix-record.ts';
import type { RunRecord } from '../model/run-record.ts';
import { fileNames } from './layout.ts';
import type { LostBooks } from './lost-books.ts';
import { writeWhole } from './write-whole.ts';

/** Throws an `unwritable` Problem when the file cannot be written. */
export const writeRunRecord = (folder: string, record: RunRecord): Promise<void> =>
  writeWhole(join(folder, fileNames.record), jsonDocument(record));

/** The same at the end of a run, whose verdict stands without its file: resolves with the record that says what is missing. */
export async function keepRunRecord(folder: string, record: RunRecord, books: LostBooks): Promise<RunRecord> {
  const known = withLost(record, books);
  try {
    await writeRunRecord(folder, known);
    return known;
  } catch (error) {
    books.of(fileNames.record).lost(error instanceof Error ? error.cause : error);
    return withLost(record, books);
  }
}

function withLost(record: RunRecord, books: LostBooks): RunRecord {
  const lostOutput = books.all();
  return lostOutput.length === 0 ? record : { ...record, lostOutput };
}

/** Throws an `unwritable` Problem when the file cannot be written. */
export const writeMatrixRecord = (folder: string, record: MatrixRecord): Promise<void> =>
  writeWhole(join(folder, fileNames.matrix), jsonDocument(record));

/** Resolves with the file's path; throws an `unwritable` Problem when it cannot be written. @param name As its format has it. */
export async function writeReport(folder: string, name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeWhole(path, text, '; choose another folder with --out');
  return path;
}

export const hasReport = (folder: string, name: string): boolean => existsSync(join(folder, name));
