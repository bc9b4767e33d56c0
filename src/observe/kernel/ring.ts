// How much the kernel keeps for us until we read it, and what it had to overwrite.
import { readdirSync, readFileSync } from 'node:fs';

/** 10,000 resets at once, both ends on one CPU and unread as yet, take some 4.5 MB. */
const wantedKib = 8_192;
/** Of kernel memory, whatever the number of CPUs. */
const mostKib = 65_536;
const leastKib = 256;

/** For each CPU of an instance at `path`. */
export const ringKib = (cpus: number): number =>
  Math.max(leastKib, Math.min(wantedKib, Math.floor(mostKib / Math.max(1, cpus))));

export function cpusOf(path: string): string[] {
  return readdirSync(`${path}/per_cpu`).filter((name) => /^cpu\d+$/.test(name));
}

/** All that was not kept, of all CPUs; as it was before (`known`) where the kernel does not tell any more. */
export function overwrittenIn(path: string, known: number): number {
  try {
    return cpusOf(path).reduce(
      (sum, cpu) => sum + lostBy(readFileSync(`${path}/per_cpu/${cpu}/stats`, 'utf8')),
      0,
    );
  } catch {
    return known;
  }
}

/** Parses per_cpu/cpuN/stats. */
export function lostBy(stats: string): number {
  return [...stats.matchAll(/^(?:overrun|commit overrun|dropped events): (\d+)$/gm)].reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  );
}
