// A memory cgroup of our own: a bound on what a program may use, kept by the kernel, and gone when we are, however we end.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import type { Socket } from 'node:net';
import { messageOf, Problem } from '../model/problem.ts';
import { findHierarchy } from './memory-hierarchy.ts';
import { startPiped } from './process.ts';

export interface LimitedMemory {
  /** The cgroup's folder. */
  readonly folder: string;
  /** Resolves when the cgroup is gone; for that whoever was in it must have ended. */
  remove(): Promise<void>;
}

/** Ours are called `netdebug-lab-NUMBER`; what somebody has called otherwise is not ours. */
const ours = /^netdebug-lab-[0-9a-f]{8}$/;

/** Waits until our end of its stdin is closed, be it because we were killed, then removes the cgroup as soon as nobody is in it. */
const guard = `trap '' INT TERM HUP QUIT
read -r _
tries=0
while [ -d "$1" ] && [ $tries -lt 300 ]; do
  rmdir "$1" 2>/dev/null || sleep 0.1
  tries=$((tries + 1))
done`;

/** Makes one; throws a `missing` Problem that says in one sentence what it takes where it cannot be made. */
export function limitMemory(bytes: number): LimitedMemory {
  const hierarchy = findHierarchy(readFileSync('/proc/self/mountinfo', 'utf8'));
  const name = `netdebug-lab-${randomBytes(4).toString('hex')}`;
  const cgroup = hierarchy?.folderOf(`0::/${name}\n1:memory:/${name}\n`);
  if (hierarchy === undefined || typeof cgroup !== 'object')
    throw refusal('no memory cgroups are mounted whose root can be seen from here');
  const { folder } = cgroup;
  removeAbandoned(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    throw refusal(messageOf(error));
  }
  try {
    const settings = hierarchy.version === 'v1' ? settingsOfFirst(bytes) : settingsOfUnified(bytes);
    for (const [file, value, isNeeded] of settings) {
      if (isNeeded || existsSync(`${folder}/${file}`))
        writeFileSync(`${folder}/${file}`, value, { flag: 'r+' });
    }
  } catch (error) {
    rmdirSync(folder);
    throw refusal(messageOf(error));
  }
  return guarded(folder);
}

type Setting = readonly [file: string, value: string, isNeeded: boolean];

/** Nothing goes to the swap instead. */
const settingsOfFirst = (bytes: number): readonly Setting[] => [
  ['memory.limit_in_bytes', String(bytes), true],
  ['memory.swappiness', '0', false],
];
const settingsOfUnified = (bytes: number): readonly Setting[] => [
  ['memory.max', String(bytes), true],
  ['memory.swap.max', '0', false],
];

function refusal(why: string): Problem {
  return new Problem(
    'missing',
    `This scenario puts its server into a memory cgroup, which takes root and a /sys/fs/cgroup that can be written: ${why}.`,
  );
}

function guarded(folder: string): LimitedMemory {
  const child = startPiped(['sh', '-c', guard, 'sh', folder]);
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', () => resolve());
  });
  child.stdin.on('error', () => undefined);
  child.unref();
  for (const stream of [child.stdin, child.stdout, child.stderr]) (stream as Socket).unref();
  return {
    folder,
    async remove() {
      child.ref();
      child.stdin.end();
      await ended;
    },
  };
}

/** One that is in use cannot be removed, and one whose guard was killed with its run can. */
function removeAbandoned(parent: string): void {
  for (const name of readdirSync(parent).filter((one) => ours.test(one))) {
    try {
      rmdirSync(`${parent}/${name}`);
    } catch {
      // EBUSY: somebody is in it. ENOENT: its guard was quicker.
    }
  }
}

/** The words that run a command in the cgroup; a process is called 0 by itself, in whatever namespace of pids it is. */
export const inMemoryCgroup = (folder: string, argv: readonly string[]): string[] => [
  ...['sh', '-c', 'echo 0 >"$1"/cgroup.procs && shift && exec "$@"', 'sh'],
  ...[folder, ...argv],
];
