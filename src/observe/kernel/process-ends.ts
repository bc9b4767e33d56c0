// Signals, exits and victims of the OOM killer, held until a socket of the node ends by the same process: before that nobody can say
// whose they are, and most are nobody's that we watch.
import type { Told } from './told.ts';
import type { TraceLine } from './trace-line.ts';

interface HeldEnd {
  readonly line: TraceLine;
  readonly told: Told;
}

export interface ProcessEnds {
  /**
   * True for the exit of a process that was just told of: of several threads one may close all sockets before the last is told to end.
   * And for what comes before an exit that is told at once: whom the kernel chose to kill, without which it would seem not to have.
   */
  hold(end: HeldEnd): boolean;
  /** Those of the process that a system call of it has just told of, each once, in their order. */
  take(pid: number, at: number): readonly HeldEnd[];
}

/** A program that is told to end may take its time; the kernel closes what it leaves within milliseconds. */
const heldForMicros = 10_000_000;
const mostHeld = 2_000;
const toldAfterMicros = 1_000_000;

export function createProcessEnds(): ProcessEnds {
  // By the order in which they came.
  const held = new Set<HeldEnd>();
  const byPid = new Map<number, Set<HeldEnd>>();
  const closing = new Map<number, number>();
  const drop = (end: HeldEnd) => {
    held.delete(end);
    const pid = end.told.target?.pid ?? -1;
    byPid.get(pid)?.delete(end);
    if (byPid.get(pid)?.size === 0) byPid.delete(pid);
  };
  return {
    hold(end) {
      const pid = end.told.target?.pid;
      if (pid === undefined) return false;
      const { line, told } = end;
      const isOfItself = told.kind === 'process-exit' || told.kind === 'oom-victim';
      if (isOfItself && line.at - (closing.get(pid) ?? -Infinity) <= toldAfterMicros) return true;
      held.add(end);
      byPid.set(pid, (byPid.get(pid) ?? new Set()).add(end));
      for (const oldest of held) {
        if (held.size <= mostHeld && end.line.at - oldest.line.at <= heldForMicros) break;
        drop(oldest);
      }
      return false;
    },
    take(pid, at) {
      closing.delete(pid);
      closing.set(pid, at);
      const [first] = closing.keys();
      if (closing.size > mostHeld && first !== undefined) closing.delete(first);
      const taken = [...(byPid.get(pid) ?? [])];
      for (const end of taken) drop(end);
      return taken.filter(({ line }) => at - line.at <= heldForMicros);
    },
  };
}
