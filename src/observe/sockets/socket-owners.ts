// Which processes have a socket open: one walk through all descriptors answers it for every network namespace of the machine.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export interface FoundOwners {
  /** By the socket's inode: the numbers of the processes that have it; a socket that nobody was seen with is not there. */
  readonly pids: ReadonlyMap<number, readonly string[]>;
  /** Processes whose descriptors may not be looked at. */
  readonly refused: number;
  /** Descriptors that were not looked at, because there are too many. */
  readonly leftOut: boolean;
}

export const noOwners: FoundOwners = { pids: new Map(), refused: 0, leftOut: false };

export interface WalkOptions {
  /** Where the processes are; default: /proc. */
  readonly proc?: string;
  /** Descriptors that are looked at, at most. */
  readonly most?: number;
}

/** Between two pauses, so that packets and messages that come meanwhile are taken: a thousand take some milliseconds. */
const atOnce = 1_000;
const usualMost = 500_000;

/** Of all sockets. ss -p walks anew for each namespace that is listed, and names processes by what they call themselves. */
export async function findSocketOwners({
  proc = '/proc',
  most = usualMost,
}: WalkOptions = {}): Promise<FoundOwners> {
  const pids = new Map<number, readonly string[]>();
  let [refused, looked, untilPause] = [0, 0, atOnce];
  for (const pid of readdirSync(proc)) {
    const first = pid.charCodeAt(0);
    if (first < 49 || first > 57) continue;
    const folder = `${proc}/${pid}/fd`;
    const descriptors = descriptorsIn(folder);
    if (descriptors === 'refused' && hasMemory(`${proc}/${pid}`)) refused += 1;
    if (typeof descriptors === 'string') continue;
    // Most sockets have one owner, whose many sockets share this.
    const alone = [pid];
    for (const descriptor of descriptors) {
      looked += 1;
      if (looked > most) return { pids, refused, leftOut: true };
      const inode = socketOf(`${folder}/${descriptor}`);
      if (inode !== undefined) {
        const known = pids.get(inode);
        if (known === undefined) pids.set(inode, alone);
        else if (!known.includes(pid)) pids.set(inode, [...known, pid]);
      }
      untilPause -= 1;
      if (untilPause > 0) continue;
      untilPause = atOnce;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  return { pids, refused, leftOut: false };
}

function descriptorsIn(folder: string): readonly string[] | 'refused' | 'gone' {
  try {
    return readdirSync(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'EACCES' || code === 'EPERM' ? 'refused' : 'gone';
  }
}

/**
 * False for a process that has ended, or is about to: it is refused to whoever is root in a user namespace only, and has no descriptors
 * any more. Nor has a thread of the kernel.
 */
function hasMemory(process: string): boolean {
  try {
    return /^VmSize:/m.test(readFileSync(`${process}/status`, 'latin1'));
  } catch {
    return false;
  }
}

function socketOf(descriptor: string): number | undefined {
  try {
    const target = readlinkSync(descriptor);
    return target.startsWith('socket:[') ? Number(target.slice(8, -1)) : undefined;
  } catch {
    return undefined;
  }
}
