// When things are due, as pure functions of time: no drift, because every tick is reckoned from the same origin.

/** How long the client waits before it dials again after it could not connect. */
export const redialDelayMs = 1_000;

/** How much later than slot 0 a slot starts, so that the probes of all slots are spread evenly over one period. */
export function slotOffsetMs(slot: number, slots: number, periodMs: number): number {
  return (slot * periodMs) / slots;
}

/**
 * The first tick `origin + k × period`, k ≥ 1, that is later than now. Ticks that have passed meanwhile are left out, not made
 * up for. All in milliseconds of one monotonic clock.
 */
export function nextTickMs(originMs: number, periodMs: number, nowMs: number): number {
  const passed = Math.max(0, Math.floor((nowMs - originMs) / periodMs));
  const next = originMs + (passed + 1) * periodMs;
  // The division can round down just below a whole number when now is exactly a tick.
  return next > nowMs ? next : originMs + (passed + 2) * periodMs;
}

/** From this many probes in one grain on, a fleet is dense. */
const denseFrom = 2;
const denseGrainMs = 5;

/**
 * Within how many milliseconds probes are sent together: in a fleet that sends several in five, waking up for each one would
 * cost more than the probe itself. 0: each at its own time.
 */
export function probeGrain(
  connections: number,
  periodMs: number,
): { readonly milliseconds: number; readonly dense: boolean } {
  const dense = (connections * denseGrainMs) / periodMs >= denseFrom;
  return { milliseconds: dense ? denseGrainMs : 0, dense };
}

/** Gives out times no closer together than the rate (per second) allows; without a rate each is now. */
export function createTurns(rate: number | undefined): { next(nowMs: number): number } {
  const gapMs = rate === undefined ? 0 : 1_000 / rate;
  let freeMs = -Infinity;
  return {
    next(nowMs) {
      const turnMs = Math.max(nowMs, freeMs);
      freeMs = turnMs + gapMs;
      return turnMs;
    },
  };
}
