// One run of a program from its start to its end: how long, how much CPU, how much memory at its peak.
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Run {
  readonly wallSeconds: number;
  /** User and kernel time of all its threads. */
  readonly cpuSeconds: number;
  /** VmHWM: the most memory that was resident at once, MiB. */
  readonly peakMib: number;
  readonly stdout: string;
}

/** The kernel counts in hundredths of a second in /proc/PID/stat, whatever its own ticks are (USER_HZ). */
const ticksPerSecond = 100;
const lookEveryMs = 20;

const running = new Set<ChildProcess>();

/** Ends what still runs; for a benchmark that is interrupted. */
export function endRuns(): void {
  for (const child of running) child.kill('SIGKILL');
}

/** Rejects when the program cannot be started, or ends with a code that is none of `codes`. What it says on stderr is passed by. */
export function runMeasured(
  [program = '', ...words]: readonly string[],
  codes: readonly number[] = [0],
): Promise<Run> {
  return new Promise((resolve, reject) => {
    const startMs = performance.now();
    const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'ignore'] });
    running.add(child);
    const said: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => said.push(chunk));
    // Both only grow, so that what was read last, just before the end, is all but what it had.
    const last = { cpuSeconds: 0, peakMib: 0 };
    const timer = setInterval(() => Object.assign(last, lookAt(child.pid) ?? {}), lookEveryMs);
    child.once('error', (error) => {
      clearInterval(timer);
      running.delete(child);
      reject(error);
    });
    child.once('close', (code) => {
      clearInterval(timer);
      running.delete(child);
      const wallSeconds = (performance.now() - startMs) / 1_000;
      if (!codes.includes(code ?? -1)) reject(new Error(`${program} ended with ${String(code)}`));
      else resolve({ wallSeconds, ...last, stdout: Buffer.concat(said).toString('utf8') });
    });
  });
}

/** Undefined when it has ended. */
function lookAt(pid: number | undefined): { cpuSeconds: number; peakMib: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid ?? 0}/stat`, 'utf8');
    // The name, which may have anything in it, stands in parentheses before the third field; utime and stime are the 14th and 15th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const peak = /^VmHWM:\s+([0-9]+) kB$/m.exec(readFileSync(`/proc/${pid ?? 0}/status`, 'utf8'))?.[1];
    if (peak === undefined) return undefined;
    const ticks = Number(fields[11]) + Number(fields[12]);
    return { cpuSeconds: ticks / ticksPerSecond, peakMib: Number(peak) / 1_024 };
  } catch {
    return undefined;
  }
}
