// A real program as a process of its own while it is attacked: what it has written, what memory it takes, and whether it still lives.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Allowance } from './manifest-limits.ts';
import { eventually } from './scene.ts';

export interface AttackedProgram {
  readonly pid: number;
  readonly limitBytes: number;
  /** The end of what it has written to stderr and stdout. */
  said(): string;
  /** Resolves with the match; rejects when the program ends without having written it. */
  hasSaid(pattern: RegExp): Promise<RegExpExecArray>;
  /** Bytes that it has written so far. */
  written(): number;
  /** How many control characters, beside line breaks and tabs, it has written: a terminal would obey them. */
  rawControls(): number;
  /** Null while it runs; otherwise how it ended. */
  ending(): string | null;
  /** Milliseconds of its life that it was ready to run and was given no processor. */
  waitedMs(): number;
  /** Bytes resident at most since `forgetPeak`; null when it runs no more. */
  peakBytes(): number | null;
  forgetPeak(): void;
  /** Sends SIGTERM and resolves with the exit code; null when a signal ended it. */
  terminate(): Promise<number | null>;
  kill(): Promise<void>;
}

/** A program that takes so many times its limit is ended by us: it has failed, and the machine is others' as well. */
const guardTimes = 3;
const guardEveryMs = 50;
const keptCharacters = 1_000_000;
const longestStartMs = 20_000;
/** The kernel's word for "forget the peak" (proc(5), clear_refs). */
const forgetPeakWord = '5';

const running = new Set<ChildProcess>();

/** @param words What follows the name of Node.js. */
export function startAttacked(
  words: readonly string[],
  { limitBytes, environment }: Allowance,
): AttackedProgram {
  // In a container Node.js takes half of the memory limit for its objects; here it sees the whole machine.
  const heap = `--max-old-space-size=${Math.floor(limitBytes / 2 ** 21)}`;
  const child = spawn(process.execPath, [heap, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  const closed = once(child, 'close');
  running.add(child);
  child.once('exit', () => running.delete(child));
  const pid = child.pid ?? 0;
  let said = '';
  let written = 0;
  let controls = 0;
  let guarded: string | null = null;
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      written += chunk.length;
      for (const byte of chunk)
        if ((byte < 0x20 && byte !== 0x0a && byte !== 0x09) || byte === 0x7f) controls += 1;
      said = (said + chunk.toString('utf8')).slice(-keptCharacters);
    });
  }
  const guard = setInterval(() => {
    const resident = statusOf(pid, 'VmRSS');
    if (resident === null || resident <= guardTimes * limitBytes) return;
    guarded = `ended by the test at ${mib(resident)} resident, of a limit of ${mib(limitBytes)}`;
    child.kill('SIGKILL');
  }, guardEveryMs);
  child.once('exit', () => clearInterval(guard));

  const ending = () => {
    if (child.exitCode === null && child.signalCode === null) return null;
    return guarded ?? `ended with ${child.signalCode ?? `exit code ${String(child.exitCode)}`}`;
  };
  return {
    pid,
    limitBytes,
    said: () => said,
    async hasSaid(pattern) {
      await eventually(
        `it says ${String(pattern)}`,
        () => pattern.test(said) || ending() !== null,
        longestStartMs,
      );
      const found = pattern.exec(said);
      if (found === null) throw new Error(`${String(ending())}, and did not say ${String(pattern)}: ${said}`);
      return found;
    },
    written: () => written,
    rawControls: () => controls,
    ending,
    waitedMs: () => waitedMsOf(pid),
    peakBytes: () => statusOf(pid, 'VmHWM'),
    forgetPeak() {
      try {
        writeFileSync(`/proc/${pid}/clear_refs`, forgetPeakWord);
      } catch {
        // Then the peak is that since its start, which makes the test only sharper.
      }
    },
    async terminate() {
      child.kill('SIGTERM');
      await closed;
      return child.exitCode;
    },
    async kill() {
      child.kill('SIGKILL');
      await closed;
    },
  };
}

/** Those that were started and have not ended, whoever still knows of them. */
export async function killAll(): Promise<void> {
  const ends = [...running].map((child) => once(child, 'exit'));
  for (const child of running) child.kill('SIGKILL');
  await Promise.all(ends);
}

export const mib = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;

/** Its first thread's, as the scheduler counts it; 0 when it is gone, or when nobody counts. */
function waitedMsOf(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[1] ?? 0) / 1e6;
  } catch {
    return 0;
  }
}

function statusOf(pid: number, field: string): number | null {
  try {
    const [, kib] =
      new RegExp(`^${field}:\\s+([0-9]+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kib === undefined ? null : Number(kib) * 1_024;
  } catch {
    return null;
  }
}
