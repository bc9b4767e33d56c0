// The two halves of a lab command: the outer process checks and guards, the inner one lives in the private world and is told its
// task as data.
import { setupOf, type LabSettings } from '../../experiment/lab-settings.ts';
import type { MeshSettings } from '../../lab/mesh/run-mesh.ts';
import { limitServers } from '../../lab/workloads/server-memory.ts';
import { findWorlds } from '../../lab/world/world-shell.ts';
import { enterSandbox, leaveSandbox, runInSandbox, type Sandbox } from '../../lab/world/sandbox.ts';
import { pause } from '../../system/pause.ts';
import { Problem } from '../../model/problem.ts';
import { ownWords } from '../../system/own-program.ts';
import { exitCodeOf, reportError } from '../exit.ts';
import { catchInterruption, endSignals } from '../interruption.ts';

/** What the inside of a world is to do. */
export type InsideTask =
  | { readonly do: 'run'; readonly settings: LabSettings; readonly json: boolean; readonly hold: boolean }
  | { readonly do: 'mesh'; readonly settings: MeshSettings };

/** The command of the inner process; `lab exec` looks for processes with this word. */
export const insideWord = 'inside-world';

/**
 * Does the task inside a private world and resolves with the inner process's exit code; rejects with a Problem when it ended in
 * any other way than by naming one. SIGINT, SIGTERM and SIGHUP ask the inside to tidy up and end; a second one ends it at once.
 */
export async function runInWorld(wanted: InsideTask, stdout: 'inherit' | 'ignore'): Promise<number> {
  if (wanted.do !== 'run') return await runTask(wanted, stdout);
  const { settings } = wanted;
  const memory = limitServers(setupOf(settings).servers);
  if (memory === null) return await runTask(wanted, stdout);
  try {
    return await runTask({ ...wanted, settings: { ...settings, memoryCgroup: memory.folder } }, stdout);
  } finally {
    // The world, and whoever was in it, is gone.
    await memory.remove();
  }
}

async function runTask(task: InsideTask, stdout: 'inherit' | 'ignore'): Promise<number> {
  const argv = [...ownWords(), 'lab', insideWord, JSON.stringify(task)];
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

/**
 * Does a task inside the world and exits with the code that it resolves with: whatever a task that failed has left running would
 * keep this process, and with it the outer one, for ever.
 */
export async function insideWorld(task: (world: InsideWorld) => Promise<number>): Promise<never> {
  if (process.pid !== 1) throw new Problem('usage', `"lab ${insideWord}" is for netdebug itself.`);
  try {
    leaveSandbox(await task(await enterWorld()));
  } catch (error) {
    reportError(error, process.stderr);
    leaveSandbox(exitCodeOf(error));
  }
}

/** Makes the inside of the world ready. */
async function enterWorld(): Promise<InsideWorld> {
  const pid = Promise.withResolvers<number>();
  const controller = new AbortController();
  // Signals to the first process of a PID namespace are ignored unless handled; orders come from the outer process only.
  for (const signal of endSignals) process.on(signal, () => controller.abort());
  await enterSandbox(() => controller.abort(), pid.resolve);
  return { signal: controller.signal, pid: pid.promise };
}
