// Cuts a byte stream into lines, with a bound on the memory an unfinished line can take and in time linear in the bytes read.
import type { LineRoom } from './line-room.ts';
import { newline } from './wire.ts';

const firstCapacity = 256;
const nothing = Buffer.alloc(0);

export interface LineReader {
  /**
   * Takes the next bytes of the stream. It keeps none of them once `next` has given undefined, so that one buffer can serve
   * the input of many connections.
   */
  push(chunk: Buffer): void;
  /**
   * The next whole line without its newline; undefined when there is none yet; `too-long` when the line at hand has more than
   * the allowed bytes, finished or not, or is unfinished and has more than there is room for. The bytes are valid until the next push.
   */
  next(): Buffer | 'too-long' | undefined;
  /** Gives up what it keeps: nothing more is pushed. */
  drop(): void;
}

/**
 * @param maxLine Longest line accepted, in bytes without its newline.
 * @param room For what it keeps of an unfinished line. Default: any.
 */
export function createLineReader(maxLine: number, room?: LineRoom): LineReader {
  return new Reader(maxLine, room);
}

/** A class because a probe holds one per connection, and methods on a prototype take no memory for each of them. */
class Reader implements LineReader {
  readonly #maxLine: number;
  readonly #room: LineRoom | undefined;
  #chunk: Buffer = nothing;
  #offset = 0;
  // The beginning of a line whose end has not come. It grows by doubling: a line that trickles in byte by byte is copied
  // a constant number of times per byte, and does not hold on to one chunk per byte.
  #partial: Buffer = nothing;
  #partialLength = 0;

  constructor(maxLine: number, room: LineRoom | undefined) {
    this.#maxLine = maxLine;
    this.#room = room;
  }

  push(next: Buffer): void {
    const left = this.#chunk.length - this.#offset;
    this.#chunk = left === 0 ? next : Buffer.concat([this.#chunk.subarray(this.#offset), next]);
    this.#offset = 0;
  }

  next(): Buffer | 'too-long' | undefined {
    const found = this.#chunk.indexOf(newline, this.#offset);
    const end = found === -1 ? this.#chunk.length : found;
    if (this.#partialLength + end - this.#offset > this.#maxLine) return 'too-long';
    if (found !== -1) return this.#lineUpTo(found);
    if (this.#offset < this.#chunk.length && !this.#keep(this.#chunk.length)) return 'too-long';
    this.#chunk = nothing;
    this.#offset = 0;
    return undefined;
  }

  drop(): void {
    this.#room?.give(this.#partial.length);
    this.#partial = nothing;
    this.#partialLength = 0;
    this.#chunk = nothing;
    this.#offset = 0;
  }

  #lineUpTo(end: number): Buffer | 'too-long' {
    if (this.#partialLength === 0) {
      const line = this.#chunk.subarray(this.#offset, end);
      this.#offset = end + 1;
      return line;
    }
    if (!this.#keep(end)) return 'too-long';
    this.#offset = end + 1;
    const line = this.#partial.subarray(0, this.#partialLength);
    this.#room?.give(this.#partial.length);
    this.#partial = nothing;
    this.#partialLength = 0;
    return line;
  }

  #keep(end: number): boolean {
    const needed = this.#partialLength + end - this.#offset;
    if (needed > this.#partial.length) {
      const capacity = Math.max(firstCapacity, needed, this.#partial.length * 2);
      if (this.#room?.take(capacity - this.#partial.length) === false) return false;
      const grown = Buffer.allocUnsafeSlow(capacity);
      this.#partial.copy(grown, 0, 0, this.#partialLength);
      this.#partial = grown;
    }
    this.#chunk.copy(this.#partial, this.#partialLength, this.#offset, end);
    this.#partialLength = needed;
    this.#offset = end;
    return true;
  }
}
