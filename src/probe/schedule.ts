// Everything that waits for an instant waits in a bucket with what is due at the same time, and one timer serves the earliest
// bucket: 10,000 slots cost one timer, and a full bucket wakes the process once.
import type { Clock } from '../model/clock.ts';
import { createAlarm } from './alarm.ts';
import { insert, remove, type HeapItem } from './due-heap.ts';

/** What is due at one instant, in the order of putting. */
interface Bucket<T> extends HeapItem {
  readonly items: T[];
}

export interface Waiting {
  /** Monotonic milliseconds. */
  dueMs: number;
  /** Where it waits, null while it does not; only this file writes it. */
  bucket: object | null;
}

export interface Schedule<T extends Waiting> {
  /**
   * Runs the item once at the given monotonic millisecond, rounded up to the grain, or soon after, never before; its `dueMs` is
   * the rounded one. Moves an item that waits already.
   */
  put(item: T, dueMs: number): void;
  remove(item: T): void;
  /** Forgets everything. */
  stop(): void;
}

/**
 * @param run Called with each item that is due, in order; the item waits no longer then and can be put again.
 * @param grainMs What is due within so many milliseconds runs together at their end. Default: each at its own time.
 */
export function createSchedule<T extends Waiting>(
  clock: Clock,
  run: (item: T) => void,
  grainMs = 0,
): Schedule<T> {
  const bucketAt = new Map<number, Bucket<T>>();
  // Of buckets, not of items: there are as many as instants at which something is due.
  const heap: Bucket<T>[] = [];
  const alarm = createAlarm(clock, runDue);

  function runDue(): void {
    const now = clock.monotonic();
    for (let first = heap[0]; first !== undefined; first = heap[0]) {
      if (first.dueMs > now) {
        alarm.set(first.dueMs);
        return;
      }
      remove(heap, first);
      bucketAt.delete(first.dueMs);
      for (const item of first.items) {
        // One that was moved or removed meanwhile has left its trace here.
        if (item.bucket !== first) continue;
        item.bucket = null;
        run(item);
      }
    }
  }

  function bucketFor(dueMs: number): Bucket<T> {
    const known = bucketAt.get(dueMs);
    if (known !== undefined) return known;
    const bucket: Bucket<T> = { dueMs, place: -1, items: [] };
    bucketAt.set(dueMs, bucket);
    insert(heap, bucket);
    if (heap[0] === bucket) alarm.set(dueMs);
    return bucket;
  }

  return {
    put(item, dueMs) {
      item.dueMs = grainMs === 0 ? dueMs : Math.ceil(dueMs / grainMs) * grainMs;
      const bucket = bucketFor(item.dueMs);
      if (item.bucket === bucket) return;
      item.bucket = bucket;
      bucket.items.push(item);
    },
    remove(item) {
      item.bucket = null;
    },
    stop() {
      for (const { items } of heap) for (const item of items) item.bucket = null;
      heap.length = 0;
      bucketAt.clear();
      alarm.off();
    },
  };
}
