// What is written into a run's folder when there is something to say of the whole: its record, its report.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { jsonDocument } from '../model/json-document.ts';
import type { MatrixRecord } from '../model/matrix-record.ts';
import type { RunRecord } from '../model/run-record.ts';
import type { WatchPage } from '../model/watch-view.ts';
import type { WatchRun } from '../model/watch-record.ts';
import { fileNames } from './layout.ts';
import type { LostBooks } from './lost-books.ts';
import { tryWhole, writeWhole } from './write-whole.ts';

/** Throws an `unwritable` Problem when the file cannot be written. */
export const writeRunRecord = (folder: string, record: RunRecord): Promise<void> =>
  writeWhole(join(folder, fileNames.record), jsonDocument(record));

/** The same at the end of a run, whose verdict stands without its file: resolves with the record that says what is missing. */
export async function keepRunRecord<T extends RunRecord | WatchRun>(
  folder: string,
  record: T,
  books: LostBooks,
): Promise<T> {
  const known = withLost(record, books);
  try {
    await writeWhole(join(folder, fileNames.record), jsonDocument(known));
    return known;
  } catch (error) {
    books.of(fileNames.record).lost(error instanceof Error ? error.cause : error);
    return withLost(record, books);
  }
}

function withLost<T extends RunRecord | WatchRun>(record: T, books: LostBooks): T {
  const lostOutput = books.all();
  return lostOutput.length === 0 ? record : { ...record, lostOutput };
}

/** Throws an `unwritable` Problem when the file cannot be written. */
export const writeMatrixRecord = (folder: string, record: MatrixRecord): Promise<void> =>
  writeWhole(join(folder, fileNames.matrix), jsonDocument(record));

/** What the page of a watch showed at its end. Throws an `unwritable` Problem when the file cannot be written. */
export const writeWatchPage = (folder: string, page: WatchPage): Promise<void> =>
  writeWhole(join(folder, fileNames.watchPage), jsonDocument(page));

/** Resolves with the file's path; throws an `unwritable` Problem when it cannot be written. @param name As its format has it. */
export async function writeReport(folder: string, name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeWhole(path, text, '; choose another folder with --out');
  return path;
}

/** A report that belongs to no folder, to the file that `option` was given; throws an `unwritable` Problem when it cannot be written. */
export const writeReportFile = (path: string, text: string, option: string): Promise<void> =>
  writeWhole(path, text, otherFile(option));

/** The same for one that is written later; nothing is written yet. */
export const tryReportFile = (path: string, option: string): Promise<void> =>
  tryWhole(path, otherFile(option));

const otherFile = (option: string): string => `; choose another file with ${option}`;

export const hasReport = (folder: string, name: string): boolean => existsSync(join(folder, name));
