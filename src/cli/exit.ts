// Turns whatever ended a command into one sentence on stderr and the exit code of the contract.
import { exitCodes, messageOf, Problem } from '../model/problem.ts';
import { asUnwritable } from '../run-folder/why-unwritable.ts';

/** The exit code that an error stands for; anything that is not a Problem is our own fault (70). */
export function exitCodeOf(error: unknown): number {
  const problem = problemOf(error);
  return problem === undefined ? exitCodes.fault : exitCodes[problem.kind];
}

/** A disk may fill up under any file, whoever writes it. */
const problemOf = (error: unknown) => (error instanceof Problem ? error : asUnwritable(error));

/** Prints an error for the user: a sentence for a Problem, the stack as well for a bug of ours. */
export function reportError(error: unknown, stderr: NodeJS.WritableStream): void {
  const problem = problemOf(error);
  if (problem !== undefined) {
    stderr.write(`netdebug: ${problem.message}\n`);
    return;
  }
  const stack = error instanceof Error && error.stack !== undefined ? `\n${error.stack}` : '';
  stderr.write(`netdebug: internal error: ${messageOf(error)}${stack}\n`);
}

/** Ends the process with it, once nothing is left to do: the words for the user now, and the exit code then. */
export function failWith(error: unknown): void {
  reportError(error, process.stderr);
  process.exitCode = exitCodeOf(error);
}
