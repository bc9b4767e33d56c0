// What a program says on stderr, on its way to a log in whole lines.
import { splitLines } from './split-lines.ts';

export interface LineLog {
  /** Without its newline. */
  line(text: string): void;
  /** Writes what is still in memory. */
  flush(): void;
}

export function programLog(log: LineLog): { take(chunk: Buffer): void; end(): void } {
  const take = splitLines((line) => log.line(line));
  let unfinished = false;
  return {
    take(chunk) {
      unfinished = chunk.at(-1) !== newline;
      take(chunk);
    },
    end() {
      // What it was saying when it died has no newline.
      if (unfinished) take(Buffer.from([newline]));
      unfinished = false;
      log.flush();
    },
  };
}

const newline = 10;
