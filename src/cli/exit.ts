// Turns whatever ended a command into one sentence on stderr and the exit code of the contract.
import { exitCodes, messageOf, Problem } from '../model/problem.ts';

/** The exit code that an error stands for; anything that is not a Problem is our own fault (70). */
export function exitCodeOf(error: unknown): number {
  return error instanceof Problem ? exitCodes[error.kind] : exitCodes.fault;
}

/** Prints an error for the user: a sentence for a Problem, the stack as well for a bug of ours. */
export function reportError(error: unknown, stderr: NodeJS.WritableStream): void {
  if (error instanceof Problem) {
    stderr.write(`netdebug: ${error.message}\n`);
    return;
  }
  const stack = error instanceof Error && error.stack !== undefined ? `\n${error.stack}` : '';
  stderr.write(`netdebug: internal error: ${messageOf(error)}${stack}\n`);
}
