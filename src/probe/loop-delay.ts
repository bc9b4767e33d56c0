// How late this process runs right now, so that its own stall is not mistaken for the network's.

export interface LoopDelay {
  /** Milliseconds. */
  current(): number;
  stop(): void;
}

/** While something happens or is waited for. */
const closelyMs = 20;
/** While nothing does: waking up is what an idle probe's CPU time goes into, and no stall that is told apart is shorter. */
const seldomMs = 250;

/**
 * Watches the event loop with one timer. The delay is how overdue that timer is, or how late it last was: sockets may be read
 * before the timer runs after a stall, or after it. A stall is seen but for the part before the timer was due: up to 20 ms while
 * something happened just before or is waited for, else up to 250 ms.
 * @param monotonic Milliseconds from any origin.
 * @param waits Whether an answer is being waited for, so that its absence may have to be told from a stall.
 */
export function watchLoopDelay(monotonic: () => number, waits: () => boolean = () => false): LoopDelay {
  let expectedAt = 0;
  let lastLateness = 0;
  let closely = false;
  let asked = true;
  let timer: NodeJS.Timeout;

  function look(): void {
    lastLateness = Math.max(0, monotonic() - expectedAt);
    // What is read next is as late, and is told so until the timer has once been on time again.
    arm(waits() || asked || lastLateness > closelyMs);
  }

  function arm(near: boolean): void {
    closely = near;
    asked = false;
    const intervalMs = near ? closelyMs : seldomMs;
    expectedAt = monotonic() + intervalMs;
    timer = setTimeout(look, intervalMs);
    timer.unref();
  }

  arm(true);
  return {
    current() {
      const overdueMs = monotonic() - expectedAt;
      asked = true;
      // A timer that is overdue runs in a moment, and only it can say so to the others that are read meanwhile.
      if (!closely && overdueMs < 0) {
        clearTimeout(timer);
        arm(true);
      }
      return Math.max(lastLateness, overdueMs, 0);
    },
    stop: () => clearTimeout(timer),
  };
}
