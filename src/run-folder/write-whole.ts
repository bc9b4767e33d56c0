// A report appears whole or not at all, and replaces only what stood under its own name.
import { rename, rm, writeFile } from 'node:fs/promises';
import { messageOf, Problem } from '../model/problem.ts';

/**
 * Throws a Problem when the file cannot be written: `usage` where the user can name another place, which `advice` says, `fault` at
 * the end of a run.
 */
export async function writeWhole(
  path: string,
  text: string,
  kind: 'usage' | 'fault' = 'usage',
  advice = 'choose another folder with --out',
): Promise<void> {
  const unfinished = `${path}.${process.pid}.tmp`;
  try {
    // Never through a link that somebody else has put there: a run's folder may come from anywhere.
    await writeFile(unfinished, text, { flag: 'wx' });
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    const then = kind === 'usage' ? `; ${advice}.` : '.';
    throw new Problem(kind, `${path} cannot be written (${messageOf(error)})${then}`, { cause: error });
  }
}
