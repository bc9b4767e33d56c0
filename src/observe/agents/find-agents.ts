// The agents that run in a node's network namespace: a walk through all processes, by the name of each one's executable.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { namespaceOf } from '../pod-namespaces.ts';
import { isAgent } from './agent-names.ts';
import { startTicks } from './process-life.ts';

export interface Agent {
  readonly pid: number;
  /** The executable's name. */
  readonly name: string;
  readonly startTicks: number;
}

export interface AgentFinder {
  /** Those that run now. */
  find(): readonly Agent[];
  /** Agents whose network namespace may not be looked at, so that they may be another node's: they are left out. */
  readonly refused: number;
}

/**
 * A container's process begins as its runtime's and becomes the agent under the same number; so does what a script starts last. One that
 * was looked at as often as this stays what it is.
 */
const looks = 4;

/** `nodeProc`: the folder in /proc of a process in the node's namespace. `root`: where the processes are. */
export function createAgentFinder(nodeProc: string, root = '/proc'): AgentFinder {
  // By number: how often it was looked at.
  let known = new Map<string, number>();
  let running = new Map<string, Agent>();
  let refused = 0;
  return {
    get refused() {
      return refused;
    },
    find() {
      const [own, now, seen] = [namespaceOf(nodeProc), new Map<string, Agent>(), new Map<string, number>()];
      refused = 0;
      for (const pid of readdirSync(root)) {
        const first = pid.charCodeAt(0);
        if (first < 49 || first > 57) continue;
        const proc = `${root}/${pid}`;
        const before = running.get(pid);
        if (before !== undefined && startTicks(proc) === before.startTicks) {
          now.set(pid, before);
          continue;
        }
        const times = known.get(pid) ?? 0;
        if (times >= looks && before === undefined) {
          seen.set(pid, times);
          continue;
        }
        seen.set(pid, times + 1);
        const name = executableName(proc);
        if (name === undefined || !isAgent(name)) continue;
        const namespace = namespaceOf(proc);
        if (namespace === 'refused') refused += 1;
        const ticks = startTicks(proc);
        if (own === undefined || namespace !== own || ticks === undefined) continue;
        now.set(pid, { pid: Number(pid), name, startTicks: ticks });
      }
      [known, running] = [seen, now];
      return [...now.values()];
    },
  };
}

/**
 * Of another user's process without the right to trace it, what it calls itself: as good as the name for all that the kernel does not
 * cut off. A script's executable is its interpreter.
 */
function executableName(proc: string): string | undefined {
  try {
    const name = basename(readlinkSync(`${proc}/exe`)).replace(/ \(deleted\)$/, '');
    if (!interpreter.test(name)) return name;
  } catch (error) {
    // A thread of the kernel has none.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EACCES' && code !== 'EPERM') return undefined;
  }
  try {
    return readFileSync(`${proc}/comm`, 'utf8').trimEnd();
  } catch {
    return undefined;
  }
}

const interpreter = /^python[0-9.]*$/;
