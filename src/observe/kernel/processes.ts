// Who a process is that the kernel names by its number. What is known of it is kept for its end: of one that is gone /proc tells nothing.
import { readdirSync, readFileSync } from 'node:fs';
import type { PodNames } from '../names/pod-names.ts';
import { namespaceOf } from '../pod-namespaces.ts';
import { identityOf } from '../sockets/process-identity.ts';
import type { MachineProc } from './machine-proc.ts';

export interface Identity {
  /** In our own pid namespace; null for one that is not in it, the kernel's number where nothing can be looked up. */
  readonly pid: number | null;
  readonly command: string | null;
  readonly container: string | null;
  readonly pod: string | null;
  /** Identifies its network namespace, as in pod-namespaces.ts; null for a thread of the kernel, undefined where it cannot be told. */
  readonly namespace: number | null | undefined;
}

export interface Processes {
  /** Whether the kernel's numbers can be looked up; without that nothing but numbers is known. */
  readonly canBeLookedUp: boolean;
  /**
   * Looks at those that are new, so that they are known when they are gone. The network namespaces of those that it looked at, each with
   * the folder in /proc of one of them.
   */
  meet(): ReadonlyMap<number, string>;
  /** `pid` as the kernel counts. */
  identify(pid: number): Identity;
  /** The process of a thread, while it is there. */
  leaderOf(tid: number): number | null;
  /** What a process that was only interrupted is called in our own pid namespace, as far as it is known already. */
  numberOf(pid: number): number | null;
}

export interface ProcessesOptions {
  readonly machine: Pick<MachineProc, 'folder' | 'ownNumberOf'> | null;
  readonly names: Pick<PodNames, 'of'>;
  readonly monotonic: () => number;
}

interface Known {
  readonly identity: Identity;
  readonly at: number;
  /** A program that has just been started may become another one. */
  readonly looks: number;
  goneAt: number | null;
}

/** A number is given out again later than this, and a program that acts is looked at again. */
const knownForMs = 1_000;
const rememberedGoneMs = 30_000;
const wantedLooks = 2;
/** A look at one takes some 50 us. */
const mostLooks = 500;
const mostKnown = 20_000;
/** PF_KTHREAD */
const kernelThread = 0x20_0000;

export function createProcesses({ machine, names, monotonic }: ProcessesOptions): Processes {
  const known = new Map<number, Known>();
  const nobody = (pid: number): Identity => ({
    ...{ command: null, container: null, pod: null, namespace: undefined },
    pid: machine === null ? pid : machine.ownNumberOf(pid),
  });

  const lookUp = (pid: number): Identity | undefined => {
    const proc = `${machine?.folder ?? ''}/${pid}`;
    const found = identityOf(proc);
    if (found === undefined) return undefined;
    if (isKernelThread(proc)) return { ...nobody(pid), namespace: null };
    const namespace = namespaceOf(proc);
    return {
      ...{ pid: nobody(pid).pid, command: found.command, ...names.of(found.cgroup) },
      namespace: typeof namespace === 'number' ? namespace : undefined,
    };
  };
  const note = (pid: number): Known | undefined => {
    const before = known.get(pid);
    const found = lookUp(pid);
    const at = monotonic();
    if (found === undefined) return before;
    // Of a zombie only its name is left.
    const isZombie = found.namespace === undefined && before?.goneAt === null;
    const identity = isZombie ? before.identity : found;
    const entry = { identity, at, looks: (before?.looks ?? 0) + 1, goneAt: null };
    if (before !== undefined || known.size < mostKnown) known.set(pid, entry);
    return entry;
  };
  return {
    canBeLookedUp: machine !== null,
    meet() {
      const met = new Map<number, string>();
      if (machine === null) return met;
      const [living, at] = [new Set<number>(), monotonic()];
      let looks = 0;
      for (const entry of readdirSync(machine.folder)) {
        const first = entry.charCodeAt(0);
        if (first < 49 || first > 57) continue;
        const pid = Number(entry);
        living.add(pid);
        const before = known.get(pid);
        if (before !== undefined && before.goneAt !== null) known.delete(pid);
        if (looks >= mostLooks || (known.get(pid)?.looks ?? 0) >= wantedLooks) continue;
        looks += 1;
        const namespace = note(pid)?.identity.namespace;
        if (typeof namespace === 'number') met.set(namespace, `${machine.folder}/${pid}`);
      }
      for (const [pid, entry] of known) {
        if (living.has(pid)) continue;
        entry.goneAt ??= at;
        if (at - entry.goneAt > rememberedGoneMs) known.delete(pid);
      }
      return met;
    },
    identify(pid) {
      if (machine === null) return nobody(pid);
      const before = known.get(pid);
      if (before !== undefined && monotonic() - before.at < knownForMs) return before.identity;
      return note(pid)?.identity ?? nobody(pid);
    },
    leaderOf: (tid) => (machine === null ? null : leaderIn(`${machine.folder}/${tid}`)),
    numberOf: (pid) =>
      machine === null || machine.folder === '/proc' ? pid : (known.get(pid)?.identity.pid ?? null),
  };
}

function isKernelThread(proc: string): boolean {
  try {
    const stat = readFileSync(`${proc}/stat`, 'latin1');
    // The name, in brackets, may have spaces and brackets of its own.
    const flags = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[6]);
    return (flags & kernelThread) !== 0;
  } catch {
    return false;
  }
}

/** A thread has a folder, too, that no list shows. */
function leaderIn(proc: string): number | null {
  try {
    const [, leader] = /^Tgid:\s+(\d+)$/m.exec(readFileSync(`${proc}/status`, 'latin1')) ?? [];
    return leader === undefined ? null : Number(leader);
  } catch {
    return null;
  }
}
