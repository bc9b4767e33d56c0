// A file that never grows beyond its bound: when half of it is used up it is set aside, and the half before that is let go.
import { renameSync } from 'node:fs';
import { extname } from 'node:path';
import type { FileLoss } from './lost-books.ts';
import { openPieceFile } from './piece-file.ts';

export interface RollingFile {
  /** Whole lines or whole records only: a piece is never divided between two files. */
  write(piece: string | Uint8Array): void;
  /** Writes what is still in memory. */
  flush(): void;
  close(): void;
}

export interface RollingFileOptions {
  /** Of both halves together; Infinity for a file that never rolls. */
  readonly maxBytes: number;
  /** Default: `w`, anew. */
  readonly flags?: 'w' | 'a';
  /** Stands at the beginning of every half. */
  readonly head?: Uint8Array;
  /** Called before something is written: what the lines refer to is to be in its file before they are. */
  readonly first?: () => void;
  /** Something had to be left out for the bound's sake; called once for each kind of reason. */
  readonly onLeftOut: (reason: string) => void;
  /** Hears what the disk did not take. */
  readonly loss: FileLoss;
}

/** What is written is on its way to the disk after this time at the latest. */
const flushAfterMs = 20;
const flushAtBytes = 262_144;

/** `capture.pcap` → `capture.1.pcap`: the older half. */
export function olderHalf(path: string): string {
  const extension = extname(path);
  return `${path.slice(0, path.length - extension.length)}.1${extension}`;
}

/**
 * Opens the file. Writes are synchronous, so that a slow disk slows us down instead of filling our memory, and the order of
 * rolling and writing is plain. A full disk leaves pieces out, whole, and is tried again with the next.
 */
export function createRollingFile(path: string, options: RollingFileOptions): RollingFile {
  const half = Math.floor(options.maxBytes / 2);
  const { head = new Uint8Array(), loss } = options;
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let timer: NodeJS.Timeout | undefined;
  let file = openPieceFile(path, options.flags ?? 'w', loss);
  let rolled = false;
  const told = new Set<string>();
  const tell = (kind: string, reason: string) => {
    if (told.has(kind)) return;
    told.add(kind);
    options.onLeftOut(reason);
  };

  /** The head again, where there was no room for it yet. */
  const headed = () => (file.length === 0 && head.length > 0 ? [head] : []);
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (waitingBytes === 0) return;
    options.first?.();
    const pieces = waiting;
    waiting = [];
    waitingBytes = 0;
    file.put([...headed(), ...pieces]);
  };
  /** False when the file cannot be set aside; then nothing more is written than was. */
  const roll = (): boolean => {
    flush();
    try {
      renameSync(path, olderHalf(path));
    } catch (error) {
      loss.lost(error);
      return false;
    }
    file.close();
    file = openPieceFile(path, 'w', loss);
    file.put(headed());
    // Last, because whoever is told may write to this very file.
    if (rolled) tell('size', `the oldest lines of ${path} are let go to stay within the bound on size`);
    rolled = true;
    return true;
  };

  file.put(headed());
  return {
    write(piece) {
      const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
      if (bytes.length + head.length > half) {
        tell('piece', `a piece of ${bytes.length} bytes is too large for ${path} and the bound on size`);
        return;
      }
      if (file.length + waitingBytes + bytes.length > half && !roll()) return;
      waiting.push(bytes);
      waitingBytes += bytes.length;
      if (waitingBytes >= flushAtBytes) flush();
      else timer ??= setTimeout(flush, flushAfterMs);
    },
    flush,
    close() {
      flush();
      file.close();
    },
  };
}
