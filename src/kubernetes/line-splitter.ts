// A watch's bytes, cut into lines: in whatever pieces they come, and no line for ever.

export interface LineSplitter {
  /** The lines that are whole now. Throws a RangeError when one is longer than it may be. */
  push(chunk: Buffer): string[];
  /** What came after the last whole line has a length. */
  isMidLine(): boolean;
}

const newline = 0x0a;

/** @param most Bytes of a line. */
export function createLineSplitter(most: number): LineSplitter {
  let parts: Buffer[] = [];
  let length = 0;

  function add(part: Buffer): void {
    length += part.length;
    if (length > most) throw new RangeError(`a line is longer than ${most} bytes`);
    if (part.length > 0) parts.push(part);
  }

  return {
    push(chunk) {
      const lines: string[] = [];
      let from = 0;
      for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, from)) {
        add(chunk.subarray(from, at));
        // Of the whole line: a character of several bytes may be cut anywhere.
        lines.push(Buffer.concat(parts).toString('utf8'));
        [parts, length, from] = [[], 0, at + 1];
      }
      add(chunk.subarray(from));
      return lines;
    },
    isMidLine: () => length > 0,
  };
}
