// A report appears whole or not at all, and replaces only what stood under its own name.
import { rename, rm, stat, writeFile } from 'node:fs/promises';
import { unwritable } from './why-unwritable.ts';

/** Throws an `unwritable` Problem, with `advice` behind its reason, when the file cannot be written. */
export async function writeWhole(path: string, text: string, advice = ''): Promise<void> {
  const unfinished = unfinishedOf(path);
  try {
    // Never through a link that somebody else has put there: a run's folder may come from anywhere.
    await writeFile(unfinished, text, { flag: 'wx' });
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => undefined);
    throw unwritable(path, error, advice);
  }
}

/** The same for a file that is written later, where hours may lie between: nothing stays of the trial. */
export async function tryWhole(path: string, advice = ''): Promise<void> {
  const unfinished = unfinishedOf(path);
  try {
    await writeFile(unfinished, '', { flag: 'wx' });
    const isFolder = await stat(path).then(
      (stats) => stats.isDirectory(),
      () => false,
    );
    if (isFolder) throw Object.assign(new Error(`${path} is a folder`), { code: 'EISDIR' });
  } catch (error) {
    throw unwritable(path, error, advice);
  } finally {
    await rm(unfinished, { force: true }).catch(() => undefined);
  }
}

const unfinishedOf = (path: string): string => `${path}.${process.pid}.tmp`;
