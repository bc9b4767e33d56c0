// What the log says of requests that we failed to answer: a sentence now and then, since whoever found one that fails can send it often.
import { messageOf } from '../model/problem.ts';

export interface FaultWords {
  /** @param asked What was asked; comes from outside. */
  say(asked: string, error: unknown): void;
}

const sayEveryMs = 60_000;
const longestAsked = 100;

/** @param nowMs Monotonic milliseconds. */
export function createFaultWords(log: (message: string) => void, nowMs: () => number): FaultWords {
  let saidMs = Number.NEGATIVE_INFINITY;
  let unsaid = 0;
  return {
    say(asked, error) {
      if (nowMs() - saidMs < sayEveryMs) {
        unsaid += 1;
        return;
      }
      const printable = asked.slice(0, longestAsked).replace(/[^\x20-\x7e]/g, '?');
      const more = unsaid === 0 ? '' : `, as ${unsaid} others since this was last said`;
      log(`${printable} could not be answered (${messageOf(error)})${more}; this is a fault of netdebug.`);
      saidMs = nowMs();
      unsaid = 0;
    },
  };
}
