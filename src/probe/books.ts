// The double entry of a fleet: every connection dialled and every probe sent ends in exactly one of these counts, so that a
// lost one would show.
import type { Phase } from '../model/probe-event.ts';

export interface Books {
  /** Connections that were dialled = connected + failed.connecting + abandoned + still being made. */
  dialled: number;
  /** = failed.idle + failed.awaiting + finished + still open. */
  connected: number;
  /** Ended by us, in an orderly way. */
  finished: number;
  /** Given up by us while they were being made. */
  abandoned: number;
  readonly failed: Record<Phase, number>;
  /** Probes = answered + failed.awaiting + cutOff + still awaited. */
  sent: number;
  answered: number;
  /** Under way when we ended their connection. */
  cutOff: number;
  /** Lines that came although nobody was waiting for one. */
  unasked: number;
}

export function emptyBooks(): Books {
  return {
    dialled: 0,
    connected: 0,
    finished: 0,
    abandoned: 0,
    failed: { connecting: 0, idle: 0, awaiting: 0 },
    sent: 0,
    answered: 0,
    cutOff: 0,
    unasked: 0,
  };
}

/** Probes whose answer is still to come. */
export function awaited({ sent, answered, failed, cutOff }: Books): number {
  return sent - answered - failed.awaiting - cutOff;
}

/** What the counts leave unexplained once everything has ended: all zero, or something was lost. */
export function imbalance(books: Books): { dialled: number; connected: number; sent: number } {
  const { failed } = books;
  return {
    dialled: books.dialled - books.connected - failed.connecting - books.abandoned,
    connected: books.connected - failed.idle - failed.awaiting - books.finished,
    sent: awaited(books),
  };
}
