// Reads trace_pipe without ever waiting: a reader that waits cannot be stopped, and holds up the end of its process.
import { readSync } from 'node:fs';

export interface TracePipe {
  /** Takes what is there, up to a bound; true when there may be more. Throws what the kernel refuses. */
  read(): boolean;
}

/** What is taken before others get their turn. */
const mostBytes = 262_144;
const pieceBytes = 65_536;

/** `descriptor` is that of a trace_pipe opened with O_NONBLOCK; `onLine` gets whole lines, without their ends. */
export function createTracePipe(descriptor: number, onLine: (line: string) => void): TracePipe {
  const piece = Buffer.alloc(pieceBytes);
  let rest = '';
  const take = (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  };
  return {
    read() {
      for (let taken = 0; taken < mostBytes;) {
        const length = readPiece(descriptor, piece);
        if (length === 0) return false;
        taken += length;
        // The kernel hands over whole lines, and a program's name may be of any bytes.
        take(piece.toString('utf8', 0, length));
      }
      return true;
    },
  };
}

/** 0 when nothing is there. */
function readPiece(descriptor: number, piece: Buffer): number {
  try {
    return readSync(descriptor, piece);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EAGAIN' || code === 'EINTR') return 0;
    throw error;
  }
}
