// Whether a network namespace is the machine's own: what the machine has only one of, such as its log, is then the node's.
import { readlinkSync } from 'node:fs';
import { namespaceOf } from './pod-namespaces.ts';

/** The first pid namespace of a machine has this number. */
const firstPidNamespace = 'pid:[4026531836]';

/** False where that cannot be told. `proc`: the folder in /proc of a process in the namespace. */
export function isWholeMachine(proc: string): boolean {
  const own = namespaceOf(proc);
  return typeof own === 'number' && own === namespaceOf('/proc/1') && pidNamespace() === firstPidNamespace;
}

function pidNamespace(): string | undefined {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return undefined;
  }
}
