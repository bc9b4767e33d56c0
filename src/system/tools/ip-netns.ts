// How a program is run in a network namespace, and how `ip` itself is pointed at one.
import { runChecked } from '../process.ts';

/** The words that run a command in the namespace; as they are for our own (null). */
export function inNetns(netns: string | null, argv: readonly string[]): string[] {
  return netns === null ? [...argv] : ['ip', 'netns', 'exec', netns, ...argv];
}

/** `ip`'s own flag for the same, which costs no second program. */
export function netnsFlag(netns: string | null): string[] {
  return netns === null ? [] : ['-n', netns];
}

/** Gives the namespace that process `pid` lives in a name. */
export async function attachNetns(name: string, pid: number): Promise<void> {
  await runChecked(['ip', 'netns', 'attach', name, String(pid)]);
}
