// Every error that we raise on purpose has a kind, and the kind decides the exit code; the message is one sentence for the user.

export const exitCodes = {
  finished: 0,
  unexpected: 1,
  inconclusive: 2,
  usage: 64,
  missing: 69,
  fault: 70,
  unwritable: 73,
  interrupted: 130,
} as const;

export type ProblemKind = 'usage' | 'missing' | 'fault' | 'unwritable' | 'interrupted';

/**
 * An error with a sentence that says what to do.
 * `usage`: the user typed something wrong (exit 64). `missing`: the machine or cluster lacks something, and the message names
 * it and the command that brings it (69). `fault`: our own (70). `unwritable`: what is to be kept or printed cannot be written (73). `interrupted`: a signal or Ctrl-C, after tidying up (130).
 */
export class Problem extends Error {
  readonly kind: ProblemKind;

  constructor(kind: ProblemKind, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'Problem';
    this.kind = kind;
  }
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
