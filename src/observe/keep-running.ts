// A witness' tool is started once more when it ends unasked; what happened in between is missing, and the witness says so.
import type { Program } from '../system/process.ts';
import type { WitnessContext } from './witness.ts';

export interface ToolToKeep<T> {
  /** What it is called where it cannot be started again. */
  readonly name: string;
  /** Resolves when it works. */
  readonly start: () => Promise<T>;
  /** Called when one has ended unasked; returns how, in words. */
  readonly ended: (tool: T) => string;
}

export interface KeptTool<T> {
  /** The one that runs, or ran last. */
  current(): T;
  stop(): Promise<void>;
}

/** Rejects when it cannot be started the first time. */
export async function keepRunning<T extends { readonly program: Pick<Program, 'exited' | 'stop'> }>(
  { failed, limited }: Pick<WitnessContext, 'failed' | 'limited'>,
  { name, start, ended }: ToolToKeep<T>,
): Promise<KeptTool<T>> {
  let tool = await start();
  let stopping = false;
  const guard = async (restarts: number): Promise<void> => {
    await tool.program.exited;
    if (stopping) return;
    const again = restarts > 0;
    failed(`${ended(tool)}${again ? '; it is started again' : ''}`, !again);
    if (!again) return;
    try {
      tool = await start();
      limited('it runs again; what happened in between is missing', null);
    } catch (error) {
      failed(`${name} could not be started again: ${String(error)}`, true);
      return;
    }
    await guard(restarts - 1);
  };
  const guarded = guard(1);
  return {
    current: () => tool,
    async stop() {
      stopping = true;
      await tool.program.stop();
      await guarded;
    },
  };
}
