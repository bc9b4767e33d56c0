// What the connections of one client process have in common, the lost ones and those that lived: counted while its events are read.
import { parseMicros, type Micros } from '../../model/clock.ts';
import type { FailedEvent } from '../../model/probe-event.ts';
import { chanceOfOrder } from '../../stats/rank-permutations.ts';
import type { LostConnection } from './lost-connection.ts';

/** How long connections of one kind had been idle when they were used again, microseconds. */
export interface IdleTimes {
  /** Questions that were answered, and the longest silence before one of them. */
  readonly answered: number;
  readonly longestAnswered: Micros;
  /** Connections that were lost when they were used again, and the shortest silence before that. */
  readonly lost: number;
  readonly shortestLost: Micros;
}

/**
 * What parts the flows of one kind that were lost when they were used again from those that lived: the silence before; microseconds. A
 * flow is a connection; of those that live the longest silence counts that was survived.
 */
export interface IdleBound {
  readonly lost: number;
  readonly shortestLost: Micros;
  readonly lived: number;
  /** Before any answer, of those that were lost later, too; for certain, and at most where that is not known exactly. */
  readonly longestAnswered: Micros;
  readonly answeredAtMost?: Micros;
  /** How probable it is that just those with the longest silences were lost, if silence had nothing to do with it. */
  readonly chance: number;
  /**
   * How probable it is that something else ended all that was there, each time just before a silent one was used; absent where those that
   * live did so from the beginning to the end.
   */
  readonly coincidence?: number;
}

/** How long connections of one kind had been idle when their server closed them, be it that a question crossed that; microseconds. */
export interface CloseTimes {
  /** Of the first few thousand. */
  readonly silences: readonly Micros[];
  /** The longest silence that a question was answered after. */
  readonly longestAnswered: Micros;
}

export interface IdleCounter {
  /** A connection was last well at `before`, and what was asked at `asked` was answered. */
  answered(kind: string, slot: number, before: Micros, asked: Micros): void;
  /** It failed in some way. */
  closed(kind: string, event: FailedEvent): void;
  readonly closesOf: (kind: string) => CloseTimes | null;
  /** @param losses All there are. */
  timesOf(losses: readonly LostConnection[]): (kind: string) => IdleTimes | null;
  boundsOf(losses: readonly LostConnection[]): (kind: string) => IdleBound | null;
}

interface Answered {
  answered: number;
  longest: Micros;
  /** The longest silence that was survived, of each slot. */
  readonly ofSlots: Map<number, Micros>;
}

/** Milliseconds. */
const latestMs = 10;
const mostCloses = 4_096;

export function createIdleCounter(): IdleCounter {
  const kinds = new Map<string, Answered>();
  const closes = new Map<string, Micros[]>();
  return {
    answered(kind, slot, before, asked) {
      const known = kinds.get(kind) ?? { answered: 0, longest: 0, ofSlots: new Map<number, Micros>() };
      kinds.set(kind, known);
      const silence = asked - before;
      known.answered += 1;
      known.longest = Math.max(known.longest, silence);
      known.ofSlots.set(slot, Math.max(known.ofSlots.get(slot) ?? 0, silence));
    },
    closed(kind, { failure, phase, answers, at, lastGoodAt, loopDelayMs }) {
      // One that ran late stamped late; one that was never answered had nothing to be idle after.
      if (failure !== 'closed' || phase === 'connecting' || answers === 0 || lastGoodAt === null) return;
      if (loopDelayMs > latestMs) return;
      const known = closes.get(kind) ?? [];
      closes.set(kind, known);
      if (known.length < mostCloses) known.push(parseMicros(at) - parseMicros(lastGoodAt));
    },
    closesOf: (kind) => {
      const silences = closes.get(kind);
      return silences === undefined ? null : { silences, longestAnswered: kinds.get(kind)?.longest ?? 0 };
    },
    timesOf(losses) {
      // A RST comes when something is sent; a client that waits in vain tells nothing of when it asked.
      const reset = losses.filter(({ failure, phase }) => failure === 'reset' && phase !== 'connecting');
      const silences = new Map<string, { lost: number; shortestLost: Micros }>();
      for (const { origin, failedAt, lastGoodAt } of reset) {
        const { lost, shortestLost } = silences.get(origin) ?? { lost: 0, shortestLost: Infinity };
        silences.set(origin, { lost: lost + 1, shortestLost: Math.min(shortestLost, failedAt - lastGoodAt) });
      }
      return (kind) => {
        const [lived, lost] = [kinds.get(kind), silences.get(kind)];
        if (lived === undefined || lost === undefined) return null;
        return { answered: lived.answered, longestAnswered: lived.longest, ...lost };
      };
    },
    boundsOf(losses) {
      const byKind = Map.groupBy(
        losses.filter((loss) => silenceBefore(loss) !== null),
        ({ origin }) => origin,
      );
      return (kind) => {
        const [answered, lost] = [kinds.get(kind), byKind.get(kind)];
        if (answered === undefined || lost === undefined) return null;
        const silences = lost.flatMap((loss) => silenceBefore(loss) ?? []);
        const lostSlots = new Set(lost.map(({ report }) => report?.slot));
        const lived = [...answered.ofSlots].flatMap(([slot, longest]) =>
          lostSlots.has(slot) ? [] : [longest],
        );
        const shortestLost = Math.min(...silences);
        return {
          ...{ lost: lost.length, shortestLost, lived: lived.length, longestAnswered: answered.longest },
          chance: shortestLost > answered.longest ? chanceOfOrder(silences, lived) : 1,
        };
      };
    },
  };
}

/** How long it had been idle when the question was asked that ended it; null where none did, or nobody knows when that was asked. */
function silenceBefore({ failure, phase, failedAt, lastGoodAt, report }: LostConnection): Micros | null {
  if ((failure !== 'reset' && failure !== 'timeout') || phase !== 'awaiting') return null;
  const waitedMs = report?.waitedMs;
  return waitedMs === undefined ? null : failedAt - waitedMs * 1_000 - lastGoodAt;
}
