// Why the kernel does not let us write, in words that say what to do.
import { messageOf, Problem } from '../model/problem.ts';

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there',
  EDQUOT: "this user's share of the disk is used up",
  EEXIST: 'something else has that name',
  EFBIG: 'it would be larger than files may be',
  EIO: 'the disk reports an error',
  EISDIR: 'it is a folder; give a file',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'its name is too long',
  ENOENT: 'its folder does not exist; make it first',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of its path is not a folder',
  EPERM: 'this user may not write there',
  EPIPE: 'nobody reads it any more',
  EROFS: 'the file system is read-only',
  ETXTBSY: 'it is a program that runs',
};

/** `the disk is full (ENOSPC)` */
export function whyUnwritable(error: unknown): string {
  const code = codeOf(error);
  const words = reasons[code];
  return words === undefined ? messageOf(error) : `${words} (${code})`;
}

/** @param what The file, or what else was to be written. */
export function unwritable(what: string, error: unknown, advice = ''): Problem {
  return new Problem('unwritable', `${what} cannot be written: ${whyUnwritable(error)}${advice}.`, {
    cause: error,
  });
}

/** What only a write says, whatever was written: a disk without room, or a broken one. */
const ofWrites = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'EFBIG']);

/** The sentence for an error that nobody expected where it came up, if it is one of writing; undefined for any other. */
export function asUnwritable(error: unknown): Problem | undefined {
  if (!ofWrites.has(codeOf(error))) return undefined;
  const path = error instanceof Error && 'path' in error ? String(error.path) : 'a file';
  return unwritable(path, error);
}

export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';
