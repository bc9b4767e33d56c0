// The two halves of a lab command: the outer process checks and guards, the inner one lives in the private world and is told its
// task as data.
import type { LabSettings } from '../../experiment/lab-settings.ts';
import type { MeshSettings } from '../../lab/mesh/run-mesh.ts';
import { enterSandbox, runInSandbox } from '../../lab/world/sandbox.ts';
import { Problem } from '../../model/problem.ts';
import { catchInterruption, endSignals } from '../interruption.ts';

/** What the inside of a world is to do. */
export type InsideTask =
  | { readonly do: 'run'; readonly settings: LabSettings; readonly json: boolean; readonly hold: boolean }
  | { readonly do: 'mesh'; readonly settings: MeshSettings };

/** The command of the inner process; `lab exec` looks for processes with this word. */
export const insideWord = 'inside-world';

/** The words that start this very program again: Node and its script. */
export function self(): string[] {
  return [process.execPath, ...process.execArgv, process.argv[1] ?? ''];
}

/**
 * Does the task inside a private world and resolves with the inner process's exit code. SIGINT, SIGTERM and SIGHUP ask the inside
 * to tidy up and end; a second one ends it at once.
 */
export async function runInWorld(task: InsideTask, stdout: 'inherit' | 'ignore'): Promise<number> {
  const argv = [...self(), 'lab', insideWord, JSON.stringify(task)];
  const sandbox = runInSandbox(argv, { asRoot: process.getuid?.() === 0, stdout });
  const interruption = catchInterruption();
  interruption.signal.addEventListener('abort', () => sandbox.stop());
  try {
    return await sandbox.exited;
  } finally {
    interruption.off();
  }
}

/** Makes the inside of the world ready. The signal aborts when the outer process asks to end. */
export async function insideWorld(): Promise<AbortSignal> {
  const controller = new AbortController();
  // Signals to the first process of a PID namespace are ignored unless handled; orders come from the outer process only.
  for (const signal of endSignals) process.on(signal, () => controller.abort());
  if (process.pid !== 1) throw new Problem('usage', `"lab ${insideWord}" is for netdebug itself.`);
  await enterSandbox(() => controller.abort());
  return controller.signal;
}
