// The record of a run, made the same way wherever it ran.
import { formatMicros, type Micros } from '../model/clock.ts';
import type { RunRecord, Verdict } from '../model/run-record.ts';
import { decide } from '../verdict/decide.ts';
import type { Tally } from '../verdict/tally.ts';

export interface RunHooks {
  /** A new stage, in words. */
  onStage(text: string): void;
  /** The clients run. */
  onStarted(): void;
  /** Ends the run early when aborted. */
  readonly signal: AbortSignal;
}

type Derived = 'schemaVersion' | 'startedAt' | 'durationSeconds';

export function makeRecord(
  run: Omit<RunRecord, Derived> & { readonly startedAt: Micros; readonly endedAt: Micros },
): RunRecord {
  const { kind, scenario, factors, variant, fix, seed, speed, startedAt, endedAt, ...result } = run;
  return {
    ...{ schemaVersion: 2, kind, scenario, factors, ...(variant === undefined ? {} : { variant }) },
    ...{ fix, seed, speed },
    startedAt: formatMicros(startedAt),
    durationSeconds: Math.round((endedAt - startedAt) / 1e5) / 10,
    ...result,
  };
}

export interface VerdictLimits {
  /** Resets of one class no further apart than this have one trigger. */
  readonly episodeWindowMs: number;
  /** Episodes per hour below which a class counts as not hit. */
  readonly maxRatePerHour: number;
}

/** The verdict on the two classes that are compared. @param at Until when; default: by the events' own time. */
export function verdictOn(tally: Tally, limits: VerdictLimits, at?: Micros): Verdict {
  return decide({
    coLocated: tally.history('co-located', at),
    remote: tally.history('remote', at),
    ...limits,
  });
}
