// Counts what clients lived through, class by class; the same for any order of the events, live or from a file.
import { parseMicros, type Micros } from '../model/clock.ts';
import type { ClientEvent } from '../model/probe-event.ts';
import { Problem } from '../model/problem.ts';
import type { ClassSummary } from '../model/run-record.ts';
import { createClassTally, type ClassHistory, type ClassTally } from './class-tally.ts';

export interface TallyOptions {
  /**
   * Resets no further apart than this have one trigger. A connection finds out by its next probe, so at least the probe period;
   * twice that leaves room for a client that is late (docs/calibration.md, "The episode window").
   */
  readonly episodeWindowMs: number;
}

export interface Tally {
  /** Takes one event. Throws a usage Problem when its time is not ISO 8601. */
  add(event: ClientEvent): void;
  /** One summary for each class seen, sorted by name. Connections that are still open count up to `at`, or else the class's last event. */
  summaries(at?: Micros): ClassSummary[];
  /** What decide() needs to know about a class; undefined when no event named it. */
  history(className: string, at?: Micros): ClassHistory | undefined;
}

/**
 * An empty tally. Its memory grows with open connections and episodes, not with events. A connection is known by its class
 * and number, so all clients of one class must number their connections together.
 */
export function createTally(options: TallyOptions): Tally {
  const classes = new Map<string, ClassTally>();
  return {
    add(event) {
      const at = parseMicros(event.at);
      if (Number.isNaN(at)) {
        throw new Problem('usage', `"${event.at}" is not a time; write it like 2026-11-23T05:13:00.902130Z.`);
      }
      let tally = classes.get(event.class);
      if (tally === undefined) {
        tally = createClassTally(event.class, options.episodeWindowMs);
        classes.set(event.class, tally);
      }
      tally.add(event, at);
    },
    summaries: (at) =>
      [...classes.keys()].sort().flatMap((name) => classes.get(name)?.history(at).summary ?? []),
    history: (className, at) => classes.get(className)?.history(at),
  };
}
