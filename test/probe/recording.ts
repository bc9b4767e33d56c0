// Surroundings that keep what a probe logs and reports, check every event against the contract, and let a test wait for it.
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../src/model/clock.ts';
import { probeEventSchema, type ProbeEvent } from '../../src/model/probe-event.ts';
import type { Surroundings } from '../../src/probe/surroundings.ts';

export interface Recording {
  readonly surroundings: Surroundings;
  readonly events: ProbeEvent[];
  readonly lines: string[];
  /** All events of one name, so far. */
  readonly of: <Name extends ProbeEvent['event']>(name: Name) => Extract<ProbeEvent, { event: Name }>[];
  /** Moves the monotonic clock forward. */
  readonly advance: (milliseconds: number) => void;
  readonly setCongested: (congested: boolean) => void;
}

export function record(): Recording {
  const clock = systemClock();
  const events: ProbeEvent[] = [];
  const lines: string[] = [];
  let skew = 0;
  let congested = false;
  return {
    events,
    lines,
    surroundings: {
      clock: { now: () => clock.now(), monotonic: () => clock.monotonic() + skew },
      loopDelayMs: () => 0,
      log: (message) => void lines.push(message),
      report: (event) => void events.push(probeEventSchema.parse(event)),
      congested: () => congested,
    },
    of: <Name extends ProbeEvent['event']>(name: Name) =>
      events.filter((event): event is Extract<ProbeEvent, { event: Name }> => event.event === name),
    advance: (milliseconds) => void (skew += milliseconds),
    setCongested: (value) => void (congested = value),
  };
}

/** For what never comes; a busy machine may take long over what does. */
const patienceMs = 60_000;

/** Waits until the condition holds; fails, naming it, when it does not within a minute. */
export async function until(what: string, condition: () => boolean): Promise<void> {
  const start = performance.now();
  while (!condition()) {
    if (performance.now() - start > patienceMs) throw new Error(`waited in vain until ${what}`);
    await sleep(2);
  }
}
