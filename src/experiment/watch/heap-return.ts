// A storm of losses makes the heap grow to many times what is held of it, and V8 keeps what it once has: when the storm is over it is asked
// to hand that back to the machine.
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Micros } from '../../model/clock.ts';

export interface HeapReturn {
  /** To be called at each look. @param isBusy Whether a loss was told just now. */
  look(now: Micros, isBusy: boolean): void;
}

/** V8's heap; given by tests. */
export interface Heap {
  /** What it has of the machine, in bytes. */
  size(): number;
  /** Throws away all garbage and hands back what is empty; that takes a tenth of a second for 50 MiB that are in use. */
  shrink(): void;
}

/** Nothing was told for so long: the pause delays nobody's news. */
const quietFor: Micros = 6_000_000;
/** Less is what a heap grows by in a watch that loses nothing. */
const worthwhile = 64 * 1_048_576;

export function createHeapReturn(heap: Heap = ownHeap): HeapReturn {
  let settled = heap.size();
  let busyAt: Micros | null = null;
  return {
    look(now, isBusy) {
      if (isBusy) busyAt = now;
      if (busyAt === null || now - busyAt < quietFor) return;
      // Once for each storm.
      busyAt = null;
      const size = heap.size();
      settled = Math.min(settled, size);
      if (size - settled < worthwhile) return;
      heap.shrink();
      // What is in use then is not asked for again.
      settled = heap.size();
    },
  };
}

const ownHeap: Heap = {
  size: () => getHeapStatistics().total_heap_size,
  shrink() {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as NodeJS.GCFunction;
    collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  },
};
