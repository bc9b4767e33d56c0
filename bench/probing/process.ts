// A program under measurement: started alone, ended by its id, its CPU time and memory read from /proc.
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readCpu, type CpuReading } from './cpu.ts';

export interface Measured {
  readonly pid: number;
  /** CPU time so far of the process and of its children. */
  cpu(): CpuReading;
  /**
   * Memory that it has written and has for itself alone, with its children, KiB. Not what it has only read of a file, which is its own
   * or not according to who else runs the same program at the moment.
   */
  writtenKib(): number;
  /** Throws when the program has ended by itself. */
  check(): void;
  end(): Promise<void>;
}

const running = new Set<ChildProcess>();
// A benchmark that fails leaves nothing behind.
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

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
    if (ended)
      throw new Error(
        `${command.join(' ')} ended before its time, with ${child.exitCode ?? child.signalCode ?? ''}`,
      );
  };
  return {
    pid,
    cpu: () => readCpu(familyOf(pid)),
    writtenKib: () => sum(familyOf(pid).map((one) => kibIn(one, /^Private_Dirty: +([0-9]+) kB$/gm))),
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

/** Memory that a process has for itself alone, KiB. */
export function privateOf(pid: number): number {
  return kibIn(pid, /^Private_(?:Clean|Dirty): +([0-9]+) kB$/gm);
}

function kibIn(pid: number, lines: RegExp): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return sum([...rollup.matchAll(lines)].map((match) => Number(match[1])));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
