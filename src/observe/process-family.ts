// Whether /proc shows other people's processes: in a PID namespace of its own a program sees those that it and its parents started.
import { readdirSync, readFileSync } from 'node:fs';

/** True when every process that /proc shows is `pid`, an ancestor of it or a descendant; false where /proc does not tell. */
export function seesOnlyItsFamily(pid: number): boolean {
  const parents = readParents();
  const ancestors = new Set(lineOf(pid, parents));
  return [...parents.keys()].every((other) => ancestors.has(other) || lineOf(other, parents).includes(pid));
}

/** The process, its parent and so on, as far as they can be seen. */
function lineOf(pid: number, parents: ReadonlyMap<number, number>): number[] {
  const line: number[] = [];
  for (
    let at: number | undefined = pid;
    at !== undefined && at > 0 && !line.includes(at);
    at = parents.get(at)
  )
    line.push(at);
  return line;
}

/** Each process's parent. A process that ended meanwhile is left out. */
function readParents(): Map<number, number> {
  const parents = new Map<number, number>();
  for (const entry of readdirSync('/proc')) {
    if (!/^[1-9][0-9]*$/.test(entry)) continue;
    try {
      // The name, which may hold anything, stands in parentheses: what follows the last one is numbers.
      const rest = readFileSync(`/proc/${entry}/stat`, 'utf8').split(') ').at(-1) ?? '';
      parents.set(Number(entry), Number(rest.split(' ')[1]));
    } catch {
      // Gone.
    }
  }
  return parents;
}
