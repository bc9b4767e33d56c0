// A simulated history of two classes, and what the verdict makes of it at every moment.
import type { Random } from '../../src/model/random.ts';
import { labelTriggers, nullShareOf, type ComparedClass } from '../../src/verdict/comparison.ts';
import type { Counts } from '../../src/verdict/judge.ts';
import { addSpan, joinSpans, type Span } from '../../src/stats/spans.ts';

/** All times in seconds. */
export interface SimulatedClass {
  readonly connections: number;
  /** When its connections were opened and closed; a reset one is back at once. */
  readonly from: number;
  readonly until: number;
  readonly resets: readonly number[];
}

export interface SimulatedHistory {
  readonly coLocated: SimulatedClass;
  readonly remote: SimulatedClass;
}

/** A kind of history to draw from. */
export interface Setting {
  readonly name: string;
  readonly about: string;
  draw(random: Random): SimulatedHistory;
}

/** One look at a run. Between two looks nothing changes but the hours. */
export interface Look {
  /** Seconds since the beginning. */
  readonly at: number;
  readonly counts: Counts;
  /** Resets seen of each class. */
  readonly resets: readonly [coLocated: number, remote: number];
}

const perHour = 3_600;

/** The history as the tally would give it at its end; the window in seconds. */
export function comparedClass(simulated: SimulatedClass, window: number): ComparedClass {
  const { connections, from, until, resets } = simulated;
  const bursts: Span[] = [];
  for (const reset of resets)
    addSpan(bursts, { start: reset * 1e6, end: reset * 1e6, count: 1 }, (window * 1e6) / 2);
  return {
    bursts,
    watched: [{ start: from * 1e6, end: until * 1e6, count: connections }],
    lastAt: until * 1e6,
    summary: { connectionSeconds: connections * (until - from) },
  };
}

/**
 * What somebody sees who looks at all moments that matter: just before each trigger, when the proof of `none` is at its
 * strongest, when it has become clear whom the trigger hit, and at the end. A trigger's label never changes once it has one,
 * so the labels of the whole history are those that were seen on the way.
 */
export function* looksAt(history: SimulatedHistory, window: number): Generator<Look> {
  const [coLocated, remote] = [
    comparedClass(history.coLocated, window),
    comparedClass(history.remote, window),
  ];
  const nullShare = nullShareOf(coLocated, remote);
  const episodes = [episodeCounter(coLocated, window), episodeCounter(remote, window)] as const;
  const own = { coLocated: 0, remote: 0, common: 0, waiting: 0, unshared: 0 };
  let resets: readonly [number, number] = [0, 0];
  const lookAt = (at: number): Look => ({
    at,
    counts: {
      coLocated: { own: own.coLocated, episodes: episodes[0](at), hours: hoursOf(history.coLocated, at) },
      remote: { own: own.remote, episodes: episodes[1](at), hours: hoursOf(history.remote, at) },
      common: own.common,
      nullShare,
    },
    resets,
  });
  for (const trigger of labelTriggers(coLocated, remote, window * 1e3)) {
    yield lookAt(trigger.start / 1e6 - 1e-6);
    own[trigger.label] += 1;
    resets = [resets[0] + trigger.resets[0], resets[1] + trigger.resets[1]];
    yield lookAt(trigger.end / 1e6 + window + 1e-6);
  }
  yield lookAt(Math.max(history.coLocated.until, history.remote.until));
}

function hoursOf({ from, until }: SimulatedClass, at: number): number {
  return Math.max(0, Math.min(at, until) - from) / perHour;
}

/** Counts episodes that have begun; to be asked for ever later times. */
function episodeCounter(one: ComparedClass, window: number): (at: number) => number {
  const episodes = joinSpans(one.bursts, window * 1e6);
  let begun = 0;
  return (at) => {
    while ((episodes[begun]?.start ?? Number.POSITIVE_INFINITY) <= at * 1e6) begun += 1;
    return begun;
  };
}
