// The folder of a run that is about to begin: where it is, that it holds nothing yet, and that it can be made.
import { existsSync, readdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { messageOf, Problem } from '../model/problem.ts';
import { fileNames, nodeFolder } from './layout.ts';

/** The absolute path of what `--out` says, or else of netdebug-runs/TIME-WHAT, like netdebug-runs/20261123-061114-mesh (UTC). */
export function chooseFolder(out: string | undefined, startedAt: Date, what: string): string {
  const stamp = startedAt.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  return resolve(out ?? `netdebug-runs/${stamp}-${what}`);
}

/** Throws a usage Problem for a folder that holds something already. */
export function refuseUsed(folder: string): void {
  if (!existsSync(folder)) return;
  let entries: string[];
  try {
    entries = readdirSync(folder);
  } catch {
    throw new Problem('usage', `--out ${folder} is not a folder that can be read; choose another one.`);
  }
  if (entries.length > 0) {
    throw new Problem('usage', `--out ${folder} is not empty; choose a new or an empty folder.`);
  }
}

/** The same for a run in the lab, and for a folder below /run, which the world replaces with its own. */
export function refuseForLab(folder: string): void {
  if (folder === '/run' || folder.startsWith('/run/')) {
    throw new Problem(
      'usage',
      `--out ${folder} lies below /run, which the lab replaces; choose another folder.`,
    );
  }
  refuseUsed(folder);
}

/**
 * Makes the folder that `--out` says, and `below` in it; resolves with the topmost one that was not there before. Throws a usage
 * Problem that says why it cannot be made.
 */
export async function makeFolder(folder: string, below = ''): Promise<string | undefined> {
  try {
    return await mkdir(join(folder, below), { recursive: true });
  } catch (error) {
    throw new Problem('usage', `--out ${folder} cannot be made: ${messageOf(error)}.`, { cause: error });
  }
}

/** The same, with room for what is applied to a cluster and what nodes bring. */
export const makeEvidenceFolder = (folder: string): Promise<string | undefined> =>
  makeFolder(folder, fileNames.evidence);

/** Makes the folder of `observe --out`, for several nodes maybe; throws a usage Problem when this one has been there already. */
export async function makeObserverFolder(out: string, node: string): Promise<string> {
  const folder = resolve(out);
  if (existsSync(nodeFolder(folder, node))) {
    throw new Problem(
      'usage',
      `--out ${out} already holds evidence of ${node}; choose another folder or --node.`,
    );
  }
  await makeFolder(folder);
  return folder;
}
