// A program under measurement: started alone, ended by its id, its CPU time and memory read from /proc.
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Measured {
  readonly pid: number;
  /** CPU time so far of the process and of its children, seconds. */
  cpuSeconds(): number;
  /** Memory that it has for itself alone, with its children, KiB. */
  privateKib(): number;
  /** Throws when the program has ended by itself. */
  check(): void;
  end(): Promise<void>;
}

/** Clock ticks per second in /proc/PID/stat: fixed by the kernel's interface. */
const ticksPerSecond = 100;

const running = new Set<ChildProcess>();
// A benchmark that fails leaves nothing behind.
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

/** stdout and stderr go to /dev/null unless `stdio` says otherwise. A program that ends by itself makes `end` reject. */
export function start(command: readonly string[], child: ChildProcess = quietly(command)): Measured {
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${command.join(' ')} did not start`);
  let ended = false;
  const closed = new Promise<void>((resolve) => {
    running.add(child);
    child.once('exit', () => {
      running.delete(child);
      ended = true;
      resolve();
    });
  });
  const check = () => {
    if (ended) throw new Error(`${command.join(' ')} ended before its time, with ${child.exitCode}`);
  };
  return {
    pid,
    cpuSeconds: () => sum(familyOf(pid).map(cpuOf)),
    privateKib: () => sum(familyOf(pid).map(privateOf)),
    check,
    async end() {
      check();
      const hard = setTimeout(() => child.kill('SIGKILL'), 10_000);
      child.kill('SIGTERM');
      await closed;
      clearTimeout(hard);
    },
  };
}

function quietly(command: readonly string[]): ChildProcess {
  const [program = '', ...words] = command;
  return spawn(program, words, { stdio: 'ignore' });
}

/** The process and all that it started, and they. */
export function familyOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return [pid, ...children.split(' ').flatMap((child) => (child === '' ? [] : familyOf(Number(child))))];
}

function cpuOf(pid: number): number {
  // The name, in parentheses, may contain blanks.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Memory that a process has for itself alone, KiB. */
export function privateOf(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const found = rollup.matchAll(/^Private_(?:Clean|Dirty): +([0-9]+) kB$/gm);
  return sum([...found].map((match) => Number(match[1])));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
