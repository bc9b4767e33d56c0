// Lost connections as they happen: what the witnesses tell goes in, what was lost comes out, and what later evidence changes.
import type { Micros } from '../../model/clock.ts';
import type { NodeEvent } from '../../model/node-event.ts';
import type { WatchLoss, WatchSummary } from '../../model/watch-record.ts';

/** Which connections are wanted; an empty list wants all. A connection is wanted that fits every list that is not empty. */
export interface WantedConnections {
  /** Of either end. */
  readonly ports: readonly number[];
  /** Of any leg. A set is looked at anew each time, so that it may change; an empty one wants none. */
  readonly addresses: readonly string[] | ReadonlySet<string>;
  /** NAMESPACE/NAME */
  readonly pods: readonly string[];
  /** Commands, as `process.command` has them. */
  readonly processes: readonly string[];
}

export interface LiveLossesOptions {
  /** Whose losses they are called where no node told of them, and in ids: the node, or the cluster whose nodes tell. */
  readonly node: string;
  readonly wanted: WantedConnections;
  /** How long what was seen is held. */
  readonly keepMs: number;
  readonly startedAt: Micros;
  /** Milliseconds, by which a look is cut into pieces; the process' own clock where it is left out. */
  readonly monotonic?: () => number;
}

/** What is being watched just now. */
export interface Watched {
  readonly connections: number | null;
  readonly processes: number | null;
  readonly lost: number;
  /** When one was lost last; null when none was. */
  readonly lastLostAt: Micros | null;
}

export interface LiveLosses {
  /** Takes what a witness tells, as soon as it does. */
  take(event: NodeEvent): void;
  /**
   * A witness that reads at intervals has read all once more after that moment: what it does not tell of until then was not.
   * @param node Default: that of the options.
   */
  read(witness: string, until: Micros, node?: string): void;
  /** Judges what is ripe; to be called about every 100 ms. What was lost, and what is corrected, in order of time. */
  look(now: Micros): readonly WatchLoss[];
  /** Where many connections come and go their number may be some seconds old; `isExact` counts anew. */
  watched(isExact?: boolean): Watched;
  /** What was lost since then, as far as it is held, each as it was said last. */
  since(at: Micros): readonly WatchLoss[];
  /** Judges what is left, however young; nothing may be taken afterwards. */
  end(now: Micros): readonly WatchLoss[];
  /** @param isBrief For whoever asks again and again: what is stalled is not looked for, and counts may be some seconds old. */
  summary(now: Micros, isBrief?: boolean): WatchSummary;
}
