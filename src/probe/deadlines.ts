// Deadlines that all have the same length need no order but that of their setting: one list and one timer serve any number.
import type { Clock } from '../model/clock.ts';
import { createAlarm } from './alarm.ts';

/** Has at most one deadline. The fields belong to its Deadlines; an owner is its own place in the list, so that none is made for each probe. */
export interface DeadlineOwner {
  /** Monotonic milliseconds; 0 while it has none. */
  expiresMs: number;
  earlier: DeadlineOwner | null;
  later: DeadlineOwner | null;
}

export interface Deadlines<T extends DeadlineOwner> {
  /** Sets the owner's deadline to the full length from now. */
  renew(owner: T): void;
  clear(owner: T): void;
  /** Forgets all deadlines. */
  stop(): void;
}

/** Calls `expire` once for each owner whose deadline passes. */
export function createDeadlines<T extends DeadlineOwner>(
  lengthMs: number,
  clock: Clock,
  expire: (owner: T) => void,
): Deadlines<T> {
  let first: T | null = null;
  let last: T | null = null;
  // By way of setImmediate the sockets are read once more before anything expires: after a stall of this process an answer
  // that is already here must not count as missing.
  const alarm = createAlarm(clock, () => setImmediate(sweep));

  function sweep(): void {
    const now = clock.monotonic();
    for (let owner = first; owner !== null; owner = first) {
      if (owner.expiresMs > now) {
        alarm.set(owner.expiresMs);
        return;
      }
      clear(owner);
      expire(owner);
    }
  }

  function clear(owner: T): void {
    if (owner.expiresMs === 0) return;
    const { earlier, later } = owner;
    if (earlier === null) first = later as T | null;
    else earlier.later = later;
    if (later === null) last = earlier as T | null;
    else later.earlier = earlier;
    forget(owner);
  }

  return {
    renew(owner) {
      if (last !== owner) {
        clear(owner);
        owner.earlier = last;
        if (last !== null) last.later = owner;
        last = owner;
        first ??= owner;
      }
      owner.expiresMs = clock.monotonic() + lengthMs;
      if (first === owner) alarm.set(owner.expiresMs);
    },
    clear,
    stop() {
      for (let owner: DeadlineOwner | null = first; owner !== null;) {
        const { later }: DeadlineOwner = owner;
        forget(owner);
        owner = later;
      }
      first = null;
      last = null;
      alarm.off();
    },
  };
}

function forget(owner: DeadlineOwner): void {
  owner.expiresMs = 0;
  owner.earlier = null;
  owner.later = null;
}
