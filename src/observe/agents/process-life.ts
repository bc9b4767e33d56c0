// When a process began, and whether it is still the same one: a number alone is given out again.
import { readFileSync } from 'node:fs';

/** Clock ticks since the machine started, as the kernel prints them; undefined for a process that is gone or has ended. */
export function startTicks(proc: string): number | undefined {
  try {
    const text = readFileSync(`${proc}/stat`, 'latin1');
    // The name, in brackets, may have spaces and brackets of its own.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[19]);
    return /^[ZX]$/.test(fields[0] ?? '') || Number.isNaN(ticks) ? undefined : ticks;
  } catch {
    return undefined;
  }
}

/** USER_HZ, which is 100 on every architecture that Node.js runs on. */
const ticksPerSecond = 100;

/**
 * Wall-clock microseconds of such a time, to a hundredth of a second. `now`: of the wall clock. Undefined where /proc/uptime does not
 * tell since when the machine runs.
 */
export function wallTimeOf(ticks: number, now: number): number | undefined {
  try {
    const uptime = Number(readFileSync('/proc/uptime', 'latin1').split(' ')[0]);
    return Number.isNaN(uptime) ? undefined : Math.round(now - (uptime - ticks / ticksPerSecond) * 1e6);
  } catch {
    return undefined;
  }
}
