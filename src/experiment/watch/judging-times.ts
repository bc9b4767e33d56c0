// When a connection is judged: soon after the first sign, and again when what the slower witnesses tell has come.
import type { Micros } from '../../model/clock.ts';
import { createDueQueue } from './due-queue.ts';
import type { HeldFlow } from './held-flows.ts';
import type { Signal } from './loss-signals.ts';

export interface JudgingTimes {
  /** @param isHeard Whether all that tell of ends have told of it, or will not. */
  signal(flow: HeldFlow, signal: Signal, at: Micros, isHeard: boolean): void;
  /** Those to be judged now, the earliest first: those of which nothing was said yet, and those that were judged before. */
  takeFresh(now: Micros, most: number): HeldFlow[];
  takeAgain(now: Micros, most: number): HeldFlow[];
  /** @param isSettled Nothing that may still come can change what was found. */
  judged(flow: HeldFlow, now: Micros, found: { readonly isLost: boolean; readonly isSettled: boolean }): void;
  /** Everything that waits, however early. */
  rest(): HeldFlow[];
  isWaiting(flow: HeldFlow): boolean;
  /** It waits to be judged for the first time. */
  isFresh(flow: HeldFlow): boolean;
  /** What was known of the one holds for the other now. */
  joined(from: HeldFlow, into: HeldFlow): void;
}

/** Both sides' events and the packets of a RST have come by then; a capture that hands over once a second may need the longer one. */
const [soon, later]: readonly [Micros, Micros] = [350_000, 700_000];
/** Counters have been read by the first, a conntrack entry's end is printed by the second; the one between is for a restarted server. */
const reviewsAfter: readonly Micros[] = [2_000_000, 11_000_000];
/** A connection that goes on telling is not judged more often. */
const rest: Micros = 1_000_000;
/** Those that are judged again at about the same time are judged together. */
const together: Micros = 1_000_000;
/** The next repetition comes after twice the time, and half as much again it may be late; and so much may the capture be behind. */
const [patience, behind]: readonly [number, Micros] = [3, 2_600_000];
const soonestRepetition: Micros = 200_000;
/** Of one that is sent again and again and is not lost. */
const mostChecks = 12;

interface Times {
  judgedAt: Micros | null;
  reviews: number;
  againAt: Micros | null;
  gap: Micros;
  checks: number;
}

export function createJudgingTimes(): JudgingTimes {
  // What was told once can wait; what is new is to be told within a second.
  const [fresh, again] = [createDueQueue<HeldFlow>(), createDueQueue<HeldFlow>()];
  const when = (flow: HeldFlow) => fresh.when(flow) ?? again.when(flow);
  const times = new WeakMap<HeldFlow, Times>();
  const of = (flow: HeldFlow): Times => {
    const known = times.get(flow) ?? { judgedAt: null, reviews: 0, againAt: null, gap: 0, checks: 0 };
    times.set(flow, known);
    return known;
  };
  const put = (flow: HeldFlow, at: Micros) => {
    if (of(flow).judgedAt === null) fresh.put(flow, at);
    // Many at once cost less than one by one.
    else again.put(flow, Math.ceil(at / together) * together);
  };
  /** What is due sooner stays so. */
  const putBy = (flow: HeldFlow, at: Micros) => {
    const waits = when(flow);
    if (waits === undefined || at < waits) put(flow, at);
  };
  return {
    signal(flow, signal, at, isHeard) {
      const own = of(flow);
      if (signal === 'gone') {
        // Its other witnesses may have more to tell than what it was judged by.
        if (own.judgedAt !== null) putBy(flow, Math.max(at + soon, own.judgedAt + rest));
        return;
      }
      if (signal === 'ended') {
        own.reviews = 0;
        putBy(
          flow,
          Math.max(
            at + (isHeard ? soon : later),
            (own.judgedAt ?? 0) + rest * (own.judgedAt === null ? 0 : 1),
          ),
        );
        return;
      }
      own.gap = own.againAt === null ? soonestRepetition : Math.max(soonestRepetition, at - own.againAt);
      own.againAt = at;
      const waits = when(flow);
      const isForMore = waits === undefined || waits > at + later;
      if (isForMore) put(flow, at + patience * own.gap + behind);
    },
    takeFresh: (now, most) => fresh.take(now, most),
    takeAgain: (now, most) => again.take(now, most),
    judged(flow, now, { isLost, isSettled }) {
      const own = of(flow);
      own.judgedAt = now;
      if (isSettled) return;
      if (!isLost && own.againAt !== null && own.checks < mostChecks) {
        own.checks += 1;
        // Each repetition takes longer to come, and so does being sure that it does not.
        putBy(flow, now + Math.max(own.gap * patience, behind / 2));
        return;
      }
      const after = reviewsAfter[own.reviews];
      own.reviews += 1;
      if (after !== undefined) putBy(flow, Math.max(flow.lastTroubleAt + after, now + rest));
    },
    rest: () =>
      [fresh, again].flatMap((queue) => queue.take(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY)),
    isWaiting: (flow) => when(flow) !== undefined,
    isFresh: (flow) => fresh.when(flow) !== undefined,
    joined(from, into) {
      const at = when(from);
      fresh.remove(from);
      again.remove(from);
      const [one, other] = [of(from), of(into)];
      other.judgedAt ??= one.judgedAt;
      other.againAt ??= one.againAt;
      other.gap = Math.max(one.gap, other.gap);
      if (at !== undefined) putBy(into, at);
    },
  };
}
