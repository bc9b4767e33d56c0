// The two halves of a lab command: the outer process checks and guards, the inner one lives in the private world.
import { exitCodes, Problem } from '../model/problem.ts';
import { enterSandbox, runInSandbox } from '../lab/world/sandbox.ts';

/** Marks the inner process, for itself and for `lab exec`, which looks for it. */
export const insideFlag = '--inside-world';

const endSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The words that start this very program again: Node and its script. */
export function self(): string[] {
  return [process.execPath, ...process.execArgv, process.argv[1] ?? ''];
}

/**
 * Runs one of our own commands inside a private world and resolves with its exit code. SIGINT, SIGTERM and SIGHUP ask the inside
 * to tidy up and end; a second one ends it at once.
 */
export async function runInWorld(words: readonly string[], stdout: 'inherit' | 'ignore'): Promise<number> {
  const argv = [...self(), ...words, insideFlag];
  const sandbox = runInSandbox(argv, { asRoot: process.getuid?.() === 0, stdout });
  let asked = false;
  const onSignal = () => {
    if (asked) process.exit(exitCodes.interrupted);
    asked = true;
    sandbox.stop();
  };
  for (const signal of endSignals) process.on(signal, onSignal);
  try {
    return await sandbox.exited;
  } finally {
    for (const signal of endSignals) process.off(signal, onSignal);
  }
}

/** Makes the inside of the world ready. The signal aborts when the outer process asks to end. */
export async function insideWorld(): Promise<AbortSignal> {
  const controller = new AbortController();
  // Signals to the first process of a PID namespace are ignored unless handled; orders come from the outer process only.
  for (const signal of endSignals) process.on(signal, () => controller.abort());
  if (process.pid !== 1) throw new Problem('usage', `${insideFlag} is for netdebug itself.`);
  await enterSandbox(() => controller.abort());
  return controller.signal;
}
