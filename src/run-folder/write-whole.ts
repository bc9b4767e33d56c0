// A report appears whole or not at all, and replaces only what stood under its own name.
import { rename, rm, writeFile } from 'node:fs/promises';
import { unwritable } from './why-unwritable.ts';

/** Throws an `unwritable` Problem, with `advice` behind its reason, when the file cannot be written. */
export async function writeWhole(path: string, text: string, advice = ''): Promise<void> {
  const unfinished = `${path}.${process.pid}.tmp`;
  try {
    // Never through a link that somebody else has put there: a run's folder may come from anywhere.
    await writeFile(unfinished, text, { flag: 'wx' });
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => undefined);
    throw unwritable(path, error, advice);
  }
}
