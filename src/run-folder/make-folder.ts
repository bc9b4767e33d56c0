// The folder of a run that is about to begin: where it is, that it holds nothing yet, and that it can be made and written to.
import { randomUUID } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { mkdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Problem } from '../model/problem.ts';
import { fileNames, nodeFolder, runFolderOf } from './layout.ts';
import { codeOf, whyUnwritable } from './why-unwritable.ts';

/** The absolute path of what `--out` says, or else of netdebug-runs/TIME-WHAT, like netdebug-runs/20261123-061114-mesh (UTC). */
export function chooseFolder(out: string | undefined, startedAt: Date, what: string): string {
  const stamp = startedAt.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  return resolve(out ?? `netdebug-runs/${stamp}-${what}`);
}

/** Throws a usage Problem for a folder that holds something already, an `unwritable` one for what can be no folder. */
export function refuseUsed(folder: string): void {
  nearestFolder(resolve(folder), folder);
  let entries: string[];
  try {
    entries = existsSync(folder) ? readdirSync(folder) : [];
  } catch (error) {
    throw notMade(folder, whyUnwritable(error));
  }
  if (entries.length > 0) {
    throw new Problem('usage', `--out ${folder} is not empty; choose a new or an empty folder.`);
  }
}

/** The same for a run in the lab, and for a folder below /run, which the world replaces with its own. */
export function refuseForLab(folder: string): void {
  const { path, rest } = nearestFolder(resolve(folder), folder);
  // /var/run is a link to it, and others may be.
  const real = join(realpathSync(path), ...rest);
  if (real === '/run' || real.startsWith('/run/')) {
    throw new Problem(
      'usage',
      `--out ${folder} lies below /run, which the lab replaces; choose another folder.`,
    );
  }
  refuseUsed(folder);
}

/**
 * Makes the folder that `--out` says, and `below` in it, and sees that it takes a file; resolves with the topmost one that was not
 * there before. Throws an `unwritable` Problem that says why not, and leaves nothing then.
 */
export async function makeFolder(folder: string, below = ''): Promise<string | undefined> {
  const { path, rest } = nearestFolder(join(resolve(folder), below), folder);
  const made: string[] = [];
  try {
    // One after the other: where each seems to be missing as often as it is made, as below /proc, a recursive mkdir never ends.
    let parent = path;
    for (const name of rest) {
      parent = join(parent, name);
      if (await makeOne(parent)) made.push(parent);
    }
    await tryWriting(parent);
  } catch (error) {
    for (const one of made.toReversed()) await rmdir(one).catch(() => undefined);
    // It was found a moment ago; a file system of the kernel's own says this of whatever it does not want.
    const why = codeOf(error) === 'ENOENT' ? 'nothing can be made there (ENOENT)' : whyUnwritable(error);
    throw notMade(folder, why, error);
  }
  return made[0];
}

/** The same for a folder that is made later, when what is to be in it is known to be had: nothing stays of the trial. */
export async function tryFolder(folder: string): Promise<void> {
  const made = await makeFolder(folder);
  if (made === undefined) return;
  for (let path = folder; path.length >= made.length; path = dirname(path)) {
    await rmdir(path).catch(() => undefined);
  }
}

/** False when it was there already: observers of several nodes may make theirs at the same moment. */
async function makeOne(folder: string): Promise<boolean> {
  try {
    await mkdir(folder);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) {
      return false;
    }
    throw error;
  }
}

/** Better now than after a world was built. */
async function tryWriting(folder: string): Promise<void> {
  const trial = join(folder, `.${randomUUID()}.tmp`);
  try {
    await writeFile(trial, 'a file can be written here\n', { flag: 'wx' });
  } finally {
    await rm(trial, { force: true });
  }
}

/** The deepest part of the path that is there, which is a folder or a link to one, and the names below it that are not. */
function nearestFolder(folder: string, named = folder): { path: string; rest: string[] } {
  const rest: string[] = [];
  for (let path = folder; ; path = dirname(path)) {
    try {
      if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) {
        requireFolder(path, named);
        return { path, rest };
      }
    } catch (error) {
      if (error instanceof Problem) throw error;
      // What lies below a file is said of the file.
      if (codeOf(error) !== 'ENOTDIR') throw notMade(named, whyUnwritable(error), error);
    }
    rest.unshift(basename(path));
  }
}

/** @param path Something that is there. */
function requireFolder(path: string, named: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  const link = lstatSync(path).isSymbolicLink() ? readlinkSync(path) : undefined;
  const what = link === undefined ? 'is a file' : `is a link to ${link}, where no folder is`;
  throw notMade(named, path === named ? `it ${what}` : `${path} ${what}`);
}

const notMade = (folder: string, why: string, cause?: unknown) =>
  new Problem('unwritable', `--out ${folder} cannot be used: ${why}; choose another folder.`, { cause });

/** The same, with room for what is applied to a cluster and what nodes bring. */
export const makeEvidenceFolder = (folder: string): Promise<string | undefined> =>
  makeFolder(folder, fileNames.evidence);

/**
 * Makes the run's folder that `observe --out` means, for several nodes maybe; throws a usage Problem when this one has been there
 * already.
 */
export async function makeObserverFolder(out: string, node: string): Promise<string> {
  const folder = runFolderOf(resolve(out));
  if (existsSync(nodeFolder(folder, node))) {
    throw new Problem(
      'usage',
      `--out ${out} already holds evidence of ${node}; choose another folder or --node.`,
    );
  }
  await makeFolder(folder);
  return folder;
}

/** Takes away what an observer of this node has written, which is worth nothing; and the run's folder when nothing else is in it. */
export async function discardNode(folder: string, node: string): Promise<void> {
  await rm(nodeFolder(folder, node), { recursive: true, force: true });
  for (const one of [dirname(nodeFolder(folder, node)), folder]) await rmdir(one).catch(() => undefined);
}
