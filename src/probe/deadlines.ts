// Deadlines that all have the same length need no order but that of their setting: one Map and one timer serve any number.
import type { Clock } from '../model/clock.ts';
import { createAlarm } from './alarm.ts';

export interface Deadlines<T> {
  /** Sets the owner's deadline to the full length from now. */
  renew(owner: T): void;
  clear(owner: T): void;
  /** Forgets all deadlines. */
  stop(): void;
}

/** Calls `expire` once for each owner whose deadline passes. */
export function createDeadlines<T>(lengthMs: number, clock: Clock, expire: (owner: T) => void): Deadlines<T> {
  const dueOf = new Map<T, number>();
  // By way of setImmediate the sockets are read once more before anything expires: after a stall of this process an answer
  // that is already here must not count as missing.
  const alarm = createAlarm(clock, () => setImmediate(sweep));

  function sweep(): void {
    const now = clock.monotonic();
    for (const [owner, due] of dueOf) {
      if (due > now) {
        alarm.set(due);
        return;
      }
      dueOf.delete(owner);
      expire(owner);
    }
  }

  return {
    renew(owner) {
      dueOf.delete(owner);
      const due = clock.monotonic() + lengthMs;
      dueOf.set(owner, due);
      if (dueOf.size === 1) alarm.set(due);
    },
    clear: (owner) => void dueOf.delete(owner),
    stop() {
      dueOf.clear();
      alarm.off();
    },
  };
}
