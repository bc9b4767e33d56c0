// A process and all that it started: a server of many processes is stopped, resumed and killed as a whole.
import { readFileSync } from 'node:fs';

/** The process and its descendants, parents before children; those that ended meanwhile are left out. */
export function processTree(pid: number): number[] {
  const tree = [pid];
  for (const one of tree) tree.push(...childrenOf(one));
  return tree;
}

function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return text.trim().split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** Signals all of them, parents first, so that none is started by one that has been told already. */
export function signalTree(pid: number, signal: NodeJS.Signals): void {
  for (const one of processTree(pid)) {
    try {
      process.kill(one, signal);
    } catch {
      // It ended by itself.
    }
  }
}
