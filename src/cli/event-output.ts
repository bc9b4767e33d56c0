// Opens where --events goes: a file, or stdout.
import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { messageOf, Problem } from '../model/problem.ts';

export interface EventOutput {
  readonly stream: Writable;
  /** Closes the file, if it is one. */
  close(): Promise<void>;
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there',
  EISDIR: 'it is a folder; give a file',
  ENOENT: 'its folder does not exist; make it first',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of its path is not a folder',
  EROFS: 'the file system is read-only',
};

/** @param target A file's path, or `-`. Rejects with a usage Problem that says why the file cannot be opened. */
export async function openEventOutput(target: string): Promise<EventOutput> {
  if (target === '-') return { stream: process.stdout, close: () => Promise.resolve() };
  let handle;
  try {
    handle = await open(target, 'w');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw new Problem('usage', `Cannot write events to ${target}: ${reasons[code] ?? messageOf(error)}.`, {
      cause: error,
    });
  }
  const stream = createWriteStream(target, { fd: handle });
  return {
    stream,
    close: () =>
      new Promise((resolve) => {
        // 'close' comes after a failed write as well, when the stream has already closed itself.
        if (stream.closed) resolve();
        else {
          stream.once('close', () => resolve());
          stream.end();
        }
      }),
  };
}
