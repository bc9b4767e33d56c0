// How late this process runs right now, so that its own stall is not mistaken for the network's.

export interface LoopDelay {
  /** Milliseconds. */
  current(): number;
  stop(): void;
}

const intervalMs = 20;

/**
 * Watches the event loop with one 20 ms timer. The delay is how overdue that timer is, or how late it last was: after a stall
 * the timer runs first and the sockets are read next, so the last lateness is the one that their events were late by.
 * @param monotonic Milliseconds from any origin.
 */
export function watchLoopDelay(monotonic: () => number): LoopDelay {
  let expectedAt = monotonic() + intervalMs;
  let lastLateness = 0;
  const timer = setInterval(() => {
    const now = monotonic();
    lastLateness = Math.max(0, now - expectedAt);
    expectedAt = now + intervalMs;
  }, intervalMs);
  timer.unref();
  return {
    current: () => Math.max(lastLateness, monotonic() - expectedAt, 0),
    stop: () => clearInterval(timer),
  };
}
