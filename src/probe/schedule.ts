// Everything that waits for an instant waits in one queue behind one timer: 10,000 slots cost one timer, not 10,000.
import type { Clock } from '../model/clock.ts';
import { createAlarm } from './alarm.ts';
import { insert, remove } from './due-heap.ts';
import type { HeapItem } from './due-heap.ts';

export interface Schedule<T extends HeapItem> {
  /** Runs the item once at the given monotonic millisecond or soon after, never before. Moves an item that waits already. */
  put(item: T, dueMs: number): void;
  remove(item: T): void;
  /** Forgets everything. */
  stop(): void;
}

/** @param run Called with each item that is due, in order; the item waits no longer then and can be put again. */
export function createSchedule<T extends HeapItem>(clock: Clock, run: (item: T) => void): Schedule<T> {
  const heap: T[] = [];
  const alarm = createAlarm(clock, runDue);

  function runDue(): void {
    const now = clock.monotonic();
    for (let first = heap[0]; first !== undefined; first = heap[0]) {
      if (first.dueMs > now) {
        alarm.set(first.dueMs);
        return;
      }
      remove(heap, first);
      run(first);
    }
  }

  return {
    put(item, dueMs) {
      remove(heap, item);
      item.dueMs = dueMs;
      insert(heap, item);
      if (heap[0] === item) alarm.set(dueMs);
    },
    remove: (item) => remove(heap, item),
    stop() {
      for (const item of heap) item.place = -1;
      heap.length = 0;
      alarm.off();
    },
  };
}
