// The arguments of processes, which may hold secrets: read only where they were asked for, as soon as a process is heard of.
import { readFileSync } from 'node:fs';
import type { NodeEvent } from '../model/node-event.ts';

export interface ProcessArguments {
  /** Reads those of the process that an event is about, while it lives. */
  learn(event: NodeEvent): void;
  of(pid: number): readonly string[] | undefined;
}

const mostProcesses = 20_000;
const longest = 4_096;

export function createProcessArguments(proc = '/proc'): ProcessArguments {
  // With the command that they belong to: a number may come again.
  const known = new Map<number, { readonly command: string | null; readonly words: readonly string[] }>();
  const read = (pid: number, command: string | null) => {
    try {
      const text = readFileSync(`${proc}/${pid}/cmdline`, 'utf8').slice(0, longest);
      if (text === '') return;
      known.set(pid, { command, words: text.replace(/\0$/, '').split('\0') });
      const [oldest] = known.keys();
      if (known.size > mostProcesses && oldest !== undefined) known.delete(oldest);
    } catch {
      // It is gone.
    }
  };
  return {
    learn(event) {
      if (event.event !== 'socket' && event.event !== 'kernel') return;
      const { pid = null, command = null } = event.process ?? {};
      if (pid === null || known.get(pid)?.command === command) return;
      read(pid, command);
    },
    of: (pid) => known.get(pid)?.words,
  };
}
