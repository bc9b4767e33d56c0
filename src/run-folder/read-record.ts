// run.json and matrix.json, read from folders that may be anybody's: a clear sentence for whatever is wrong with them.
import { constants, existsSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { matrixRecordSchema, type MatrixRecord } from '../model/matrix-record.ts';
import { messageOf, Problem } from '../model/problem.ts';
import { runRecordSchema, type RunRecord } from '../model/run-record.ts';
import type { z } from '../model/schema.ts';
import { watchPageSchema, type WatchPage } from '../model/watch-view.ts';
import { watchRunSchema, type WatchRun } from '../model/watch-record.ts';
import { cellFolder, fileNames, runFolderOf } from './layout.ts';

/** A record, or the sentence that says why there is none; `absent` when there is no such file. */
export type Read<T> =
  { readonly data: T } | { readonly data: null; readonly why: string; readonly absent: boolean };

const mostBytes = 32 << 20;

export const readRunRecord = (folder: string): Promise<Read<RunRecord>> =>
  readJson(folder, fileNames.record, runRecordSchema);

/** The same file, where a watch wrote it. */
export const readWatchRun = (folder: string): Promise<Read<WatchRun>> =>
  readJson(folder, fileNames.record, watchRunSchema);

/** What the page of that watch showed at its end. */
export const readWatchPage = (folder: string): Promise<Read<WatchPage>> =>
  readJson(folder, fileNames.watchPage, watchPageSchema);

export const readMatrixRecord = (folder: string): Promise<Read<MatrixRecord>> =>
  readJson(folder, fileNames.matrix, matrixRecordSchema);

/** The readable records of all runs of the matrix that this run is part of; none when it is part of none. */
export async function readMatrixOf(folder: string): Promise<RunRecord[]> {
  const matrix = dirname(folder);
  const records: RunRecord[] = [];
  for (const cell of (await readMatrixRecord(matrix)).data?.cells ?? []) {
    const { data } = await readRunRecord(cellFolder(matrix, cell.folder));
    if (data !== null) records.push(data);
  }
  return records;
}

/** The run's folder that somebody means who wants to read one; one that older versions wrote is found where it is. */
export function readableRunFolder(named: string): string {
  const isRun = [fileNames.record, fileNames.matrix, fileNames.evidence].some((name) =>
    existsSync(join(named, name)),
  );
  return isRun || !existsSync(named) ? named : runFolderOf(named);
}

/** Throws a usage Problem when the path is not a folder. */
export async function checkRunFolder(folder: string): Promise<void> {
  const stats = await stat(folder).catch((error: unknown) => {
    throw new Problem(
      'usage',
      `${folder} cannot be read (${messageOf(error)}); give the folder of a run or of evidence.`,
    );
  });
  if (!stats.isDirectory())
    throw new Problem(
      'usage',
      `${folder} is not a folder; give the folder of a run or of evidence, and a file to "netdebug diagnose".`,
    );
}

async function readJson<T extends z.ZodType>(
  folder: string,
  name: string,
  schema: T,
): Promise<Read<z.infer<T>>> {
  const not = (why: string, absent = false) => ({ data: null, why: `${name} ${why}.`, absent });
  const text = await readText(join(folder, name));
  if ('why' in text) return not(text.why, text.absent);
  let value: unknown;
  try {
    value = JSON.parse(text.text);
  } catch {
    return not('is not JSON, or was cut off');
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return { data: parsed.data };
  const [issue] = parsed.error.issues;
  const place = issue?.path.join('.') ?? '';
  return not(
    `is not a record that this version reads (${place === '' ? 'at its top' : `at ${place.slice(0, 100)}`}: ${(issue?.message ?? '').slice(0, 200)})`,
  );
}

async function readText(path: string): Promise<{ text: string } | { why: string; absent: boolean }> {
  // Not blocking: a pipe without a writer would keep us waiting for ever.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(
    (error: unknown) => error as NodeJS.ErrnoException,
  );
  if (file instanceof Error) {
    return file.code === 'ENOENT'
      ? { why: 'is missing', absent: true }
      : { why: `cannot be read (${file.code ?? file.message})`, absent: false };
  }
  try {
    const stats = await file.stat();
    if (!stats.isFile()) return { why: 'is not a file', absent: false };
    if (stats.size > mostBytes) return { why: `is larger than ${mostBytes >> 20} MiB`, absent: false };
    return { text: await file.readFile('utf8') };
  } finally {
    await file.close();
  }
}
