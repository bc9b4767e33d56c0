// Folders of runs for the tests of whoever writes and reads them.
import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createLostBooks, type FileLoss, type LostBooks } from '../../src/run-folder/lost-books.ts';
import { recordedRun } from '../report/recorded.ts';

/** An empty one, that goes with the test. */
export async function newFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'netdebug-test-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** For what is not to happen. */
export const unexpected = (what?: unknown): void => assert.fail(`unexpected: ${String(what)}`);

/** For writers that lose nothing. */
export const noBooks = (folder: string): LostBooks => createLostBooks(folder, unexpected);

/** The same for one file. */
export const noLoss: FileLoss = { lost: unexpected, back: unexpected };

/** A copy of a recorded run, that goes with the test. */
export async function copyOfRun(t: TestContext, name: Parameters<typeof recordedRun>[0]): Promise<string> {
  const folder = join(await newFolder(t), 'run');
  await cp(recordedRun(name), folder, { recursive: true });
  return folder;
}

/** Makes of `events.ndjson` in the folder what its writer makes of it when it rolls after so many lines. */
export async function rollAfter(lines: number, folder: string): Promise<void> {
  const all = (await readFile(join(folder, 'events.ndjson'), 'utf8')).split('\n').slice(0, -1);
  const text = (some: readonly string[]) => some.map((line) => `${line}\n`).join('');
  await writeFile(join(folder, 'events.1.ndjson'), text(all.slice(0, lines)));
  await writeFile(join(folder, 'events.ndjson'), text(all.slice(lines)));
}
