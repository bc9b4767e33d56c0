// CPU time in nanoseconds, as the scheduler counts it for each thread: /proc/PID/stat has it in ticks of 10 ms, which is what a
// probe of 30 µs costs three hundred times.
import { readdirSync, readFileSync } from 'node:fs';

/** Nanoseconds on a CPU by thread id. */
export type CpuReading = ReadonlyMap<string, number>;

/** User and kernel time, and what interrupts took meanwhile: the first number of a line of /proc/PID/task/TID/schedstat. */
export function nanosIn(schedstat: string): number {
  const found = /^([0-9]+) [0-9]+ [0-9]+$/.exec(schedstat.trim());
  if (found === null) throw new Error(`not a line of schedstat: ${JSON.stringify(schedstat)}`);
  return Number(found[1]);
}

/** All threads of these processes, /proc/PID/schedstat having the first thread alone. */
export function readCpu(pids: readonly number[]): CpuReading {
  const found = new Map<string, number>();
  for (const pid of pids) {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      found.set(thread, nanosIn(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8')));
    }
  }
  return found;
}

/** Throws when a thread has ended in between: what it took is not known. Those that are new count from their beginning. */
export function nanosBetween(before: CpuReading, after: CpuReading): number {
  for (const thread of before.keys())
    if (!after.has(thread)) throw new Error(`thread ${thread} ended while it was measured`);
  let total = 0;
  for (const [thread, nanos] of after) total += nanos - (before.get(thread) ?? 0);
  return total;
}
