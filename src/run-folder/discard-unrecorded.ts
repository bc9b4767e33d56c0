// A run that failed before anything was recorded leaves no folder.
import { readdir, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { appliedFile } from './layout.ts';

/**
 * Removes the folder when it holds nothing but empty files and the objects that were to be applied; true when it did.
 * @param made The topmost folder that was made for this run, as makeFolder said; what was there before stays. Undefined when none was.
 */
export async function discardUnrecorded(folder: string, made: string | undefined): Promise<boolean> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => undefined);
  if (entries === undefined) return true;
  const paths = (of: typeof entries) => of.map((one) => join(one.parentPath, one.name));
  const files = entries.filter((one) => !one.isDirectory());
  for (const { name, parentPath } of files) {
    if (!appliedFile.test(name) && (await stat(join(parentPath, name))).size > 0) return false;
  }
  for (const path of paths(files)) await rm(path, { force: true });
  // The deepest first. What cannot be removed holds something after all.
  const below = paths(entries.filter((one) => one.isDirectory())).sort((a, b) => b.length - a.length);
  for (const path of [...below, ...upwards(folder, made)]) await rmdir(path).catch(() => undefined);
  return true;
}

/** From the folder up to the one that was made first; none when the folder itself was there before. */
function upwards(folder: string, made: string | undefined): string[] {
  if (made === undefined || (folder !== made && !folder.startsWith(`${made}/`))) return [];
  const paths: string[] = [];
  for (let path = folder; path.length >= made.length; path = dirname(path)) paths.push(path);
  return paths;
}
