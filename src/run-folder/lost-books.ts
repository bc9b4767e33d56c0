// The books on what could not be written of a run: each file once, and one sentence for the first of them all.
import { join } from 'node:path';
import { formatMicros, systemClock, type Clock } from '../model/clock.ts';
import type { LostOutput } from '../model/lost-output.ts';
import { whyUnwritable } from './why-unwritable.ts';

/** What a writer says of its file. */
export interface FileLoss {
  /** Something was left out; called for every piece. */
  readonly lost: (error: unknown) => void;
  /** Writing goes on. */
  readonly back: () => void;
}

export interface LostBooks {
  /** @param file As records name it: relative to the run's folder. */
  of(file: string): FileLoss;
  /** In the order in which it began. */
  all(): LostOutput[];
}

/** @param onFirst Hears one sentence, however many files follow: when a disk is full, all do. */
export function createLostBooks(
  folder: string,
  onFirst: (sentence: string) => void,
  clock: Pick<Clock, 'now'> = systemClock(),
): LostBooks {
  const books = new Map<string, LostOutput>();
  return {
    of: (file) => ({
      lost(error) {
        const before = books.get(file);
        const why = whyUnwritable(error);
        const since = before?.since ?? formatMicros(clock.now());
        books.set(file, { file, error: before?.error ?? why, since, until: null });
        if (before === undefined && books.size === 1) {
          onFirst(
            `${join(folder, file)} cannot be written: ${why}; it goes on, and what is left out until there is room is named at the end.`,
          );
        }
      },
      back() {
        const before = books.get(file);
        if (before?.until === null) books.set(file, { ...before, until: formatMicros(clock.now()) });
      },
    }),
    all: () => [...books.values()],
  };
}
