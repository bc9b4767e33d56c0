// What a probe needs from the program around it; the command line gives the real ones, a test gives its own.
import { formatMicros, type Clock } from '../model/clock.ts';
import type { ProbeEvent } from '../model/probe-event.ts';

/** Takes one line of the log, without time and newline; `soon` for one that nobody waits for. */
export type Log = (message: string, haste?: 'now' | 'soon') => void;

export interface Surroundings {
  readonly clock: Clock;
  /** How late this process runs at this moment, milliseconds. */
  loopDelayMs(): number;
  readonly log: Log;
  /** Absent when nobody wants events: then none are made. */
  readonly report?: (event: ProbeEvent) => void;
  /** True while what was reported or logged piles up unwritten: no new probes, please. */
  congested(): boolean;
}

/** The two fields that every probe event has. */
export function moment(surroundings: Surroundings): { at: string; loopDelayMs: number } {
  return {
    at: formatMicros(surroundings.clock.now()),
    loopDelayMs: toMicroseconds(surroundings.loopDelayMs()),
  };
}

/** Milliseconds rounded to microseconds, which is as fine as the clocks are and keeps event lines short; never negative. */
export function toMicroseconds(milliseconds: number): number {
  return Math.max(0, Math.round(milliseconds * 1_000) / 1_000);
}
