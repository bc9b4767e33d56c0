// CPU time of a program with all that it starts, to the nanosecond and with those that have ended: the kernel's account of a group of
// processes. /proc/PID/stat is made of ticks, of which a program that works for microseconds at a time may never get one.
import { existsSync, mkdirSync, readFileSync, rmdirSync } from 'node:fs';

export interface CpuAccount {
  /** The words that start a program in it. */
  readonly inside: (argv: readonly string[]) => string[];
  /** So far. */
  seconds(): number;
  /** When all that was in it has ended. */
  remove(): void;
}

let made = 0;
const roots = [
  { folder: '/sys/fs/cgroup/cpuacct', file: 'cpuacct.usage', read: (text: string) => Number(text) / 1e9 },
  {
    folder: '/sys/fs/cgroup',
    file: 'cpu.stat',
    read: (text: string) => Number(/^usage_usec ([0-9]+)$/m.exec(text)?.[1]) / 1e6,
  },
];

/** Throws where there is no such account to be made: then nothing can be measured. */
export function openCpuAccount(): CpuAccount {
  const root = roots.find(
    ({ folder, file }) => existsSync(`${folder}/cgroup.procs`) && existsSync(`${folder}/${file}`),
  );
  if (root === undefined)
    throw new Error('there are no control groups that count CPU time below /sys/fs/cgroup');
  const path = `${root.folder}/netdebug-bench-${process.hrtime.bigint()}-${(made += 1)}`;
  mkdirSync(path);
  return {
    inside: (argv) => ['sh', '-c', `echo 0 > ${path}/cgroup.procs && exec "$@"`, 'sh', ...argv],
    seconds: () => root.read(readFileSync(`${path}/${root.file}`, 'utf8')),
    remove: () => rmdirSync(path),
  };
}
