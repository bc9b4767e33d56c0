// When a slot dials again after it lost its connection: at once if that had lived, since the next reset is to be seen as well;
// else later and later, since a server that closes whatever it accepts would be dialled thousands of times a second.
import { redialDelay } from './redial-delay.ts';

/** What one slot remembers. */
export interface RedialMemory {
  /** Connections in a row that ended without an answer. */
  unanswered: number;
  /** Connections that ended right after their first answer, since the last one that lived. */
  hasty: number;
}

/** What a connection had when it was lost. */
export interface Life {
  readonly answers: number;
  /** Since it was made. */
  readonly livedMs: number;
}

export interface RedialPace {
  /**
   * A connection that had been made is lost. Milliseconds until the slot dials again.
   * @param answered Answers on all connections to the peer so far.
   */
  lost(slot: RedialMemory, life: Life, answered: number): number;
}

/** From its second answer on a connection is paced by its probes, and lost no more often than they are sent. */
const livedAnswers = 2;
const livedMs = 1_000;

/** @param slots How many dial the same peer. @param random As Math.random. */
export function createRedialPace(slots: number, random: () => number): RedialPace {
  // Of the peer: connections without an answer since the last answer of all.
  let unanswered = 0;
  let answeredBefore = 0;
  return {
    lost(slot, life, answered) {
      if (answered !== answeredBefore) unanswered = 0;
      answeredBefore = answered;
      if (life.answers === 0) {
        unanswered += 1;
        slot.unanswered += 1;
        // A slot that fails for the first time where all others have failed for long waits as long as they do.
        return redialDelay(Math.max(slot.unanswered, Math.floor(unanswered / slots)), random);
      }
      slot.unanswered = 0;
      if (life.answers >= livedAnswers || life.livedMs >= livedMs) {
        slot.hasty = 0;
        return 0;
      }
      slot.hasty += 1;
      return redialDelay(slot.hasty - 1, random);
    },
  };
}
