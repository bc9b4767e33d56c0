// Whose the listening sockets are: tells a process that ended from one that closed its listener and went on.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { namespaceOf } from './pod-namespaces.ts';

/** A process by what no later one has in common with it: the number alone is given out again. */
export interface Owner {
  readonly pid: string;
  /** Clock ticks since the machine started, as the kernel prints them. */
  readonly startedAt: string;
}

/** By the socket's inode. A socket that several processes have is there with all of them; one that nobody may look for is not. */
export type ListenerOwners = ReadonlyMap<string, readonly Owner[]>;

/** A server makes its listener before it has connections, and the kernel gives out the lowest number that is free. */
const mostDescriptors = 512;

/** Of the processes in the same network namespace as `proc`, those that have one of these sockets. */
export function findOwners(inodes: ReadonlySet<string>, proc: string): ListenerOwners {
  const owners = new Map<string, Owner[]>();
  const namespace = namespaceOf(proc);
  if (inodes.size === 0 || typeof namespace !== 'number') return owners;
  for (const pid of readdirSync('/proc')) {
    if (!/^[0-9]+$/.test(pid) || namespaceOf(`/proc/${pid}`) !== namespace) continue;
    for (const inode of socketsOf(pid)) {
      if (!inodes.has(inode)) continue;
      const startedAt = lifeOf(pid)?.startedAt;
      if (startedAt !== undefined) owners.set(inode, [...(owners.get(inode) ?? []), { pid, startedAt }]);
    }
  }
  return owners;
}

/** What became of the owners of a socket: they all ended, or are about to, or one of them lives; undefined where none is known. */
export function whatBecameOf(owners: readonly Owner[]): 'ended' | 'lives' | undefined {
  if (owners.length === 0) return undefined;
  const lives = ({ pid, startedAt }: Owner) => {
    const life = lifeOf(pid);
    return life !== undefined && life.startedAt === startedAt && !life.isEnding;
  };
  return owners.some(lives) ? 'lives' : 'ended';
}

/** PF_EXITING of the kernel: a process that ends closes its sockets before it is a zombie. */
const exiting = 0x4;

function lifeOf(pid: string): { readonly startedAt: string; readonly isEnding: boolean } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name, in brackets, may have spaces and brackets of its own.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const [state, flags, startedAt] = [fields[0], fields[6], fields[19]];
    if (state === undefined || startedAt === undefined) return undefined;
    return { startedAt, isEnding: /[ZX]/.test(state) || (Number(flags) & exiting) !== 0 };
  } catch {
    return undefined;
  }
}

function socketsOf(pid: string): string[] {
  try {
    const descriptors = readdirSync(`/proc/${pid}/fd`).slice(0, mostDescriptors);
    return descriptors.flatMap((descriptor) => {
      const [, inode] = /^socket:\[([0-9]+)\]$/.exec(targetOf(`/proc/${pid}/fd/${descriptor}`)) ?? [];
      return inode === undefined ? [] : [inode];
    });
  } catch {
    return [];
  }
}

function targetOf(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return '';
  }
}
