// Cuts a byte stream into lines, with a bound on the memory an unfinished line can take and in time linear in the bytes read.
import { newline } from './wire.ts';

const firstCapacity = 256;

export interface LineReader {
  /** Takes the next bytes of the stream. */
  push(chunk: Buffer): void;
  /**
   * The next whole line without its newline; undefined when there is none yet; `too-long` when the line at hand has more than
   * the allowed bytes, finished or not. The bytes are valid until the next push.
   */
  next(): Buffer | 'too-long' | undefined;
}

/** @param maxLine Longest line accepted, in bytes without its newline. */
export function createLineReader(maxLine: number): LineReader {
  let chunk: Buffer = Buffer.alloc(0);
  let offset = 0;
  // The beginning of a line whose end has not come. It grows by doubling: a line that trickles in byte by byte is copied
  // a constant number of times per byte, and does not hold on to one chunk per byte.
  let partial: Buffer = Buffer.alloc(0);
  let partialLength = 0;

  function keep(end: number): void {
    const needed = partialLength + end - offset;
    if (needed > partial.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(firstCapacity, needed, partial.length * 2));
      partial.copy(grown, 0, 0, partialLength);
      partial = grown;
    }
    chunk.copy(partial, partialLength, offset, end);
    partialLength = needed;
    offset = end;
  }

  function lineUpTo(end: number): Buffer {
    if (partialLength === 0) {
      const line = chunk.subarray(offset, end);
      offset = end + 1;
      return line;
    }
    keep(end);
    offset = end + 1;
    const line = partial.subarray(0, partialLength);
    partial = Buffer.alloc(0);
    partialLength = 0;
    return line;
  }

  return {
    push(next) {
      chunk = offset === chunk.length ? next : Buffer.concat([chunk.subarray(offset), next]);
      offset = 0;
    },
    next() {
      const found = chunk.indexOf(newline, offset);
      const end = found === -1 ? chunk.length : found;
      if (partialLength + end - offset > maxLine) return 'too-long';
      if (found !== -1) return lineUpTo(found);
      if (offset < chunk.length) keep(chunk.length);
      return undefined;
    },
  };
}
