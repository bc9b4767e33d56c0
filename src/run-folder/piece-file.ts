// A file that takes whole pieces or nothing of them: what a full disk cuts off in the middle is taken back.
import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import type { FileLoss } from './lost-books.ts';

export interface PieceFile {
  /** Bytes of whole pieces. */
  readonly length: number;
  /** Writes as many of the pieces, from the first on, as there is room for. */
  put(pieces: readonly Uint8Array[]): void;
  close(): void;
}

/**
 * Opens the file, now or, where that is refused, when something is written. Throws nothing: what is left out is `loss`'s to know.
 * @param flags `w` to begin anew, `a` to go on behind what is there.
 */
export function openPieceFile(path: string, flags: 'w' | 'a', loss: FileLoss): PieceFile {
  let fd: number | undefined;
  let length = 0;
  let whole = true;
  let closed = false;

  const failed = (error: unknown) => {
    whole = false;
    loss.lost(error);
  };
  const open = (): number | undefined => {
    try {
      if (fd !== undefined) return fd;
      fd = openSync(path, flags);
      length = flags === 'a' ? fstatSync(fd).size : 0;
      return fd;
    } catch (error) {
      failed(error);
      return undefined;
    }
  };
  open();

  return {
    get length() {
      return length;
    },
    put(pieces) {
      const to = closed || pieces.length === 0 ? undefined : open();
      if (to === undefined) return;
      const bytes = Buffer.concat(pieces);
      let done = 0;
      try {
        while (done < bytes.length) done += writeSync(to, bytes, done, bytes.length - done, length + done);
      } catch (error) {
        length += wholeWithin(pieces, done);
        cutOff(to, length);
        failed(error);
        return;
      }
      length += done;
      if (whole) return;
      whole = true;
      loss.back();
    },
    close() {
      closed = true;
      if (fd !== undefined) closeSync(fd);
      fd = undefined;
    },
  };
}

/** The bytes of those pieces that lie within the first `done`. */
function wholeWithin(pieces: readonly Uint8Array[], done: number): number {
  let length = 0;
  for (const piece of pieces) {
    if (length + piece.length > done) break;
    length += piece.length;
  }
  return length;
}

function cutOff(fd: number, length: number): void {
  try {
    ftruncateSync(fd, length);
  } catch {
    // A device has no length; in a file the next piece is written over it.
  }
}
