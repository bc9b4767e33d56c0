// What the connections of one client process have in common, the lost ones and those that lived: counted while its events are read.
import type { Micros } from '../../model/clock.ts';
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

export interface IdleCounter {
  /** A connection was last well at `before`, and what was asked at `asked` was answered. */
  answered(kind: string, before: Micros, asked: Micros): void;
  /** @param losses All there are. */
  timesOf(losses: readonly LostConnection[]): (kind: string) => IdleTimes | null;
}

export function createIdleCounter(): IdleCounter {
  const kinds = new Map<string, { answered: number; longest: Micros }>();
  return {
    answered(kind, before, asked) {
      const known = kinds.get(kind);
      if (known === undefined) {
        kinds.set(kind, { answered: 1, longest: asked - before });
        return;
      }
      known.answered += 1;
      known.longest = Math.max(known.longest, asked - before);
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
  };
}
