// What a program costs with all that it started, those that have ended included.
import { readdirSync, readFileSync } from 'node:fs';
import { familyOf } from '../probing/process.ts';

/** USER_HZ: in /proc, times are in hundredths of a second on every Linux. */
const ticksPerSecond = 100;

export interface TreeUse {
  /** Each page divided by how many processes share it, MiB. */
  readonly pssMib: number;
  readonly descriptors: number;
  /** By the program's name, seconds in ticks of 10 ms; those that have ended together. */
  readonly cpuByName: ReadonlyMap<string, number>;
  /** Likewise, MiB. */
  readonly pssByName: ReadonlyMap<string, number>;
}

const ended = 'ended programs';

/** Processes that end while it reads are left out: it is tried again then. */
export function useOf(pid: number): TreeUse {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return readTree(pid);
    } catch (error) {
      if (attempt >= 20) throw error;
    }
  }
}

function readTree(root: number): TreeUse {
  let [pssMib, descriptors] = [0, 0];
  const cpuByName = new Map<string, number>();
  const pssByName = new Map<string, number>();
  for (const pid of familyOf(root)) {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
    // From `state` on, as proc(5) numbers them: 14 to 17 are utime, stime, cutime and cstime.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const seconds = (from: number) => (Number(fields[from]) + Number(fields[from + 1])) / ticksPerSecond;
    for (const [what, own] of [
      [name, seconds(11)],
      [ended, seconds(13)],
    ] as const) {
      cpuByName.set(what, (cpuByName.get(what) ?? 0) + own);
    }
    const pss = /^Pss: +([0-9]+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
    const mib = Number(pss ?? 0) / 1_024;
    pssMib += mib;
    pssByName.set(name, (pssByName.get(name) ?? 0) + mib);
    descriptors += readdirSync(`/proc/${pid}/fd`).length;
  }
  return { pssMib, descriptors, cpuByName, pssByName };
}

export interface ProgramInTree {
  readonly pid: number;
  readonly words: readonly string[];
}

/** The processes in the tree whose program is called so. */
export const programsOf = (root: number, program: string): ProgramInTree[] =>
  familyOf(root).flatMap((pid) => {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
    return words[0]?.split('/').at(-1) === program ? [{ pid, words }] : [];
  });

/** The CPU time of a process of one thread so far, to the nanosecond; seconds. */
export const cpuOf = (pid: number): number =>
  Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e9;
