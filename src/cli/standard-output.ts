// Standard output: the one place that prints, and knows at the end whether it was printed.
import type { Problem } from '../model/problem.ts';
import { codeOf, unwritable } from '../run-folder/why-unwritable.ts';
import { descriptorLines, isFile, type DescriptorLines } from './descriptor-lines.ts';

const stdout = 1;

/** An object, because what only a callback sets looks constant to the checker. */
const state: { file: DescriptorLines | null | undefined; problem: Problem | undefined } = {
  file: undefined,
  problem: undefined,
};
let printing: Promise<void> = Promise.resolve();

const gone = Promise.withResolvers<undefined>();

/** Resolves when what was printed found its reader gone (`| head`): a command without end may end then. */
export const readerGone: Promise<undefined> = gone.promise;

/**
 * Prints what can be printed again at any time. A reader that goes away (`| head`) has what it wanted: that is no error, and says
 * nothing.
 */
export function print(text: string): void {
  put(text, (error) => {
    if (codeOf(error) === 'EPIPE') gone.resolve(undefined);
    else note(error);
  });
}

/** Prints what was measured for it: here a reader that goes away has lost something. */
export function printMeasured(text: string): void {
  put(text, note);
}

/** Resolves when all is printed; with the Problem when it could not be. */
export async function printed(): Promise<Problem | undefined> {
  await printing;
  return state.problem;
}

function note(error: unknown): void {
  state.problem ??= unwritable('Standard output', error);
}

function put(text: string, failed: (error: unknown) => void): void {
  if (state.file === undefined) {
    state.file = isFile(stdout) ? descriptorLines(stdout) : null;
    // Each write is told of its own error.
    if (state.file === null) process.stdout.on('error', () => undefined);
  }
  if (state.file !== null) {
    const error = state.file.write(text);
    if (error !== undefined) failed(error);
    return;
  }
  const written = new Promise<void>((resolve) => {
    process.stdout.write(text, (error) => {
      // What follows a write that failed fails because of it.
      if (error && codeOf(error) !== 'ERR_STREAM_DESTROYED') failed(error);
      resolve();
    });
  });
  printing = printing.then(() => written);
}
