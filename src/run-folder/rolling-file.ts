// A file that never grows beyond its bound: when half of it is used up it is set aside, and the half before that is let go.
import { closeSync, ftruncateSync, openSync, renameSync, writeSync } from 'node:fs';
import { extname } from 'node:path';

export interface RollingFile {
  /** Whole lines or whole records only: a piece is never divided between two files. */
  write(piece: string | Uint8Array): void;
  /** Writes what is still in memory. */
  flush(): void;
  close(): void;
}

export interface RollingFileOptions {
  /** Of both halves together. */
  readonly maxBytes: number;
  /** Stands at the beginning of every half. */
  readonly head?: Uint8Array;
  /** Called before something is written: what the lines refer to is to be in its file before they are. */
  readonly first?: () => void;
  /** Something had to be left out; called once for each kind of reason. */
  readonly onLeftOut: (reason: string) => void;
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
 * Opens the file anew. Writes are synchronous, so that a slow disk slows us down instead of filling our memory, and the order of
 * rolling and writing is plain. A full disk leaves pieces out, whole, and is tried again.
 */
export function createRollingFile(path: string, options: RollingFileOptions): RollingFile {
  const half = Math.floor(options.maxBytes / 2);
  const head = options.head ?? new Uint8Array();
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let timer: NodeJS.Timeout | undefined;
  let fd = openSync(path, 'w');
  let written = 0;
  let rolled = false;
  const told = new Set<string>();
  const tell = (kind: string, reason: string) => {
    if (told.has(kind)) return;
    told.add(kind);
    options.onLeftOut(reason);
  };

  const fail = (error: unknown) => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    tell('disk', `${path} could not be written (${code}); lines are left out until it can`);
  };

  const put = (bytes: Uint8Array) => {
    try {
      for (let done = 0; done < bytes.length;) {
        done += writeSync(fd, bytes, done, bytes.length - done, written + done);
      }
      written += bytes.length;
    } catch (error) {
      // What was written of it is overwritten by what comes next, or cut off here: a piece of a line would spoil the next one.
      cutOff(fd, written);
      fail(error);
    }
  };
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (waitingBytes === 0) return;
    options.first?.();
    const bytes = Buffer.concat(waiting);
    waiting = [];
    waitingBytes = 0;
    put(bytes);
  };
  /** False when the file cannot be set aside; then nothing more is written than was. */
  const roll = (): boolean => {
    flush();
    try {
      renameSync(path, olderHalf(path));
      const next = openSync(path, 'w');
      closeSync(fd);
      fd = next;
    } catch (error) {
      fail(error);
      return false;
    }
    written = 0;
    put(head);
    // Last, because whoever is told may write to this very file.
    if (rolled) tell('size', `the oldest lines of ${path} are let go to stay within the bound on size`);
    rolled = true;
    return true;
  };

  put(head);
  return {
    write(piece) {
      const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
      if (bytes.length + head.length > half) {
        tell('piece', `a piece of ${bytes.length} bytes is too large for ${path} and the bound on size`);
        return;
      }
      if (written + waitingBytes + bytes.length > half && !roll()) return;
      waiting.push(bytes);
      waitingBytes += bytes.length;
      if (waitingBytes >= flushAtBytes) flush();
      else timer ??= setTimeout(flush, flushAfterMs);
    },
    flush,
    close() {
      flush();
      closeSync(fd);
    },
  };
}

function cutOff(fd: number, length: number): void {
  try {
    ftruncateSync(fd, length);
  } catch {
    // A device has no length.
  }
}
