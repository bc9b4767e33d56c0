// One timer for an instant on the monotonic clock, however far away, that can be moved without making a new one each time.
import type { Clock } from '../model/clock.ts';

/** Node fires at once when asked for a longer delay than a signed 32-bit integer holds. */
const longestDelayMs = 2 ** 31 - 1;

export interface Alarm {
  /** Sets or moves the one instant, in monotonic milliseconds, at which it rings; never before it. */
  set(atMs: number): void;
  off(): void;
}

export function createAlarm(clock: Clock, ring: () => void): Alarm {
  let at = Number.POSITIVE_INFINITY;
  let wakesAt = Number.POSITIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;

  function arm(): void {
    const delay = Math.min(Math.max(0, Math.ceil(at - clock.monotonic())), longestDelayMs);
    wakesAt = at;
    timer = setTimeout(wake, delay);
  }

  function wake(): void {
    timer = undefined;
    if (clock.monotonic() < at) {
      arm();
      return;
    }
    at = Number.POSITIVE_INFINITY;
    ring();
  }

  return {
    set(atMs) {
      at = atMs;
      // Waking too early is harmless and cheaper than a new timer.
      if (timer !== undefined && wakesAt <= at) return;
      clearTimeout(timer);
      arm();
    },
    off() {
      clearTimeout(timer);
      timer = undefined;
      at = Number.POSITIVE_INFINITY;
    },
  };
}
