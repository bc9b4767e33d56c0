// A file of lines that may still grow and roll, read on from where the last reading ended. It may be anything: it is somebody else's.
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileNames } from './layout.ts';
import { olderHalf } from './rolling-file.ts';

/** Longer lines are nobody's event. */
const longestLine = 1 << 20;
const pieceSize = 1 << 18;

export interface GrownFile {
  /**
   * The whole lines that came since the last reading, a piece of the file at a time, those of its older half first. A file that is
   * not there has none. What rolled away entirely between two readings is lost; nothing else is, and nothing comes twice.
   */
  readOn(): AsyncGenerator<string[]>;
  /** Lines that were cut off; once nobody writes any more, the last one may be. */
  cutOff(ended: boolean): number;
  /** Lines that were left out because they are too long. */
  readonly tooLong: number;
  /** Bytes read so far. */
  readonly position: number;
  /** Lets go of the file. */
  close(): Promise<void>;
}

/** One of the two files. It stays open while it is read, since its name becomes another's. */
interface Half {
  readonly file: FileHandle;
  readonly inode: bigint;
  position: number;
}

export function createGrownFile(path: string): GrownFile {
  // Only what an observer or a run writes is rolled; X.1 beside somebody's own X is another file of theirs.
  const rolls = basename(path) === fileNames.events;
  let held: Half | undefined;
  let total = 0;
  let rest = '';
  let skipping = false;
  let tooLong = 0;
  let cutOff = 0;
  let decoder = new TextDecoder();
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

  /** Lines are whole within a half: what is left of the one does not go on in the other. */
  function hold(half: Half): void {
    if (rest !== '') cutOff += 1;
    rest = '';
    skipping = false;
    decoder = new TextDecoder();
    held = half;
  }

  async function* drain(half: Half): AsyncGenerator<string[]> {
    for (;;) {
      const { bytesRead } = await half.file.read(piece, 0, piece.length, half.position);
      if (bytesRead === 0) return;
      half.position += bytesRead;
      total += bytesRead;
      const lines = linesOf(decoder.decode(piece.subarray(0, bytesRead), { stream: true }));
      if (lines.length > 0) yield lines;
    }
  }

  return {
    async *readOn() {
      const former = held;
      const now = await openHalf(path);
      // After it, so that no half is passed over when the file rolls just now: then both are the same one.
      const found = [...(rolls ? await openHalf(olderHalf(path)) : []), ...now];
      try {
        // Nothing is added to a half any more once the file has another inode: it is read to its end, and then what came after it.
        if (former !== undefined) yield* drain(former);
        const rolled = found.at(-1)?.inode !== former?.inode;
        for (const half of rolled ? found : []) {
          if (half.inode === held?.inode) continue;
          hold(half);
          yield* drain(half);
        }
      } finally {
        for (const half of [former, ...found]) if (half !== held) await half?.file.close();
      }
    },
    cutOff: (ended) => cutOff + (ended && rest !== '' ? 1 : 0),
    get tooLong() {
      return tooLong;
    },
    get position() {
      return total;
    },
    async close() {
      await held?.file.close();
      held = undefined;
    },
  };
}

/** None when there is no such file. */
async function openHalf(path: string): Promise<Half[]> {
  // Not blocking: a pipe without a writer would keep us waiting for ever. And nobody's link leads us about on this machine.
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;
  const file = await open(path, flags).catch(() => undefined);
  const stats = await file?.stat({ bigint: true });
  if (file !== undefined && stats?.isFile() === true) return [{ file, inode: stats.ino, position: 0 }];
  await file?.close();
  return [];
}
