// The two halves of a lab command: the outer process checks and guards, the inner one lives in the private world and is told its
// task as data.
import type { LabSettings } from '../../experiment/lab-settings.ts';
import type { MeshSettings } from '../../lab/mesh/run-mesh.ts';
import { findWorlds } from '../../lab/world/world-shell.ts';
import { pause } from '../../system/pause.ts';
import { enterSandbox, runInSandbox, type Sandbox } from '../../lab/world/sandbox.ts';
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
  const ended = new AbortController();
  if (task.do === 'run' && task.hold) {
    void tellPid(argv.slice(-1), sandbox, ended.signal).catch(() => undefined);
  }
  const interruption = catchInterruption();
  interruption.signal.addEventListener('abort', () => sandbox.stop());
  try {
    return await sandbox.exited;
  } finally {
    ended.abort();
    interruption.off();
  }
}

/** `lab exec` finds a world by its first process; which one is ours is known by its task. */
async function tellPid(marks: readonly string[], sandbox: Sandbox, ended: AbortSignal): Promise<void> {
  while (!ended.aborted) {
    const [pid] = await findWorlds(marks);
    if (pid !== undefined) {
      sandbox.tell(pid);
      return;
    }
    await pause(100, ended);
  }
}

export interface InsideWorld {
  /** Aborts when the outer process asks to end. */
  readonly signal: AbortSignal;
  /** Which PID this process has outside, if it was told. */
  readonly pid: Promise<number>;
}

/** Makes the inside of the world ready. */
export async function insideWorld(): Promise<InsideWorld> {
  const pid = Promise.withResolvers<number>();
  const controller = new AbortController();
  // Signals to the first process of a PID namespace are ignored unless handled; orders come from the outer process only.
  for (const signal of endSignals) process.on(signal, () => controller.abort());
  if (process.pid !== 1) throw new Problem('usage', `"lab ${insideWord}" is for netdebug itself.`);
  await enterSandbox(() => controller.abort(), pid.resolve);
  return { signal: controller.signal, pid: pid.promise };
}
