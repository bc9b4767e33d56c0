// Opens where --events goes: a file, or stdout. A full disk leaves lines out, whole ones, and is tried again with the next.
import { write } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { promisify } from 'node:util';
import { codeOf, unwritable } from '../run-folder/why-unwritable.ts';
import { isFile } from './descriptor-lines.ts';

export interface EventOutput {
  /** Fails only when nobody reads any more. */
  readonly stream: Writable;
  /** Lines that were left out. */
  readonly leftOut: number;
  /** Closes the file, if it is one. */
  close(): Promise<void>;
}

/**
 * @param target A file's path, or `-`. Rejects with an `unwritable` Problem that says why the file cannot be opened.
 * @param onLost Called for each write that failed.
 */
export async function openEventOutput(
  target: string,
  onLost: (error: unknown) => void,
): Promise<EventOutput> {
  if (target !== '-') {
    const handle = await open(target, 'w').catch((error: unknown) => {
      throw unwritable(`--events ${target}`, error);
    });
    return fileOutput(ownFile(handle, (await handle.stat()).isFile()), onLost);
  }
  if (isFile(1)) return fileOutput(standardOutput, onLost);
  return { stream: process.stdout, leftOut: 0, close: () => Promise.resolve() };
}

interface Target {
  write(bytes: Uint8Array, from: number, at: number): Promise<number>;
  /** Takes back what lies behind; false where that cannot be done. */
  cutOff(length: number): Promise<boolean>;
  close(): Promise<void>;
}

function ownFile(handle: FileHandle, regular: boolean): Target {
  return {
    write: async (bytes, from, at) =>
      (await handle.write(bytes, from, bytes.length - from, regular ? at + from : null)).bytesWritten,
    async cutOff(length) {
      if (!regular) return false;
      return await handle.truncate(length).then(
        () => true,
        () => false,
      );
    },
    close: () => handle.close(),
  };
}

const writeTo = promisify(write);

/** Others may write there, too. */
const standardOutput: Target = {
  write: async (bytes, from) => (await writeTo(1, bytes, from)).bytesWritten,
  cutOff: () => Promise.resolve(false),
  close: () => Promise.resolve(),
};

const newline = 10;

function fileOutput(target: Target, onLost: (error: unknown) => void): EventOutput {
  let length = 0;
  let torn = false;
  let leftOut = 0;

  const put = async (lines: string) => {
    const bytes = Buffer.from(`${torn ? '\n' : ''}${lines}`);
    let done = 0;
    try {
      while (done < bytes.length) done += await target.write(bytes, done, length);
      torn = false;
      length += done;
    } catch (error) {
      if (codeOf(error) === 'EPIPE') throw error;
      const whole = bytes.subarray(0, done).lastIndexOf(newline) + 1;
      leftOut += bytes.subarray(whole).reduce((count, byte) => count + (byte === newline ? 1 : 0), 0);
      length += whole;
      // A piece of a line that cannot be taken back is ended by a newline.
      if (done > 0) torn = !(await target.cutOff(length)) && done > whole;
      onLost(error);
    }
  };

  const stream = new Writable({
    decodeStrings: false,
    write(lines: string | Buffer, _encoding, done) {
      put(lines.toString()).then(() => done(), done);
    },
    destroy(error, done) {
      target.close().then(() => done(error), done);
    },
  });
  return {
    stream,
    get leftOut() {
      return leftOut;
    },
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
