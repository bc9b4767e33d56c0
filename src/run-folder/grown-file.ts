// A file that may still grow, read line by line from where the last reading ended. It may be anything: it is somebody else's.
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** Longer lines are nobody's event. */
const longestLine = 1 << 20;
const pieceSize = 1 << 18;

export interface GrownFile {
  /** The whole lines that came since the last reading, a piece of the file at a time. A file that is not there has none. */
  readOn(): AsyncGenerator<string[]>;
  /** Characters after the last newline: a line that was cut off, once nobody writes any more. */
  rest(): number;
  /** Lines that were left out because they are too long. */
  readonly tooLong: number;
  /** Bytes read so far. */
  readonly position: number;
}

export function createGrownFile(path: string): GrownFile {
  let position = 0;
  let rest = '';
  let skipping = false;
  let tooLong = 0;
  const decoder = new TextDecoder();
  const piece = Buffer.alloc(pieceSize);

  function linesOf(text: string): string[] {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    if (skipping && lines.length > 0) {
      lines.shift();
      skipping = false;
    }
    if (rest.length > longestLine) {
      if (!skipping) tooLong += 1;
      skipping = true;
      rest = '';
    }
    return lines;
  }

  return {
    async *readOn() {
      // Not blocking: a pipe without a writer would keep us waiting for ever.
      const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(() => undefined);
      if (file === undefined) return;
      try {
        if (!(await file.stat()).isFile()) return;
        for (;;) {
          const { bytesRead } = await file.read(piece, 0, piece.length, position);
          if (bytesRead === 0) return;
          position += bytesRead;
          const lines = linesOf(decoder.decode(piece.subarray(0, bytesRead), { stream: true }));
          if (lines.length > 0) yield lines;
        }
      } finally {
        await file.close();
      }
    },
    rest: () => rest.length,
    get tooLong() {
      return tooLong;
    },
    get position() {
      return position;
    },
  };
}
