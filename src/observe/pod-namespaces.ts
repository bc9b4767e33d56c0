// Finds the network namespaces beside the node's own, each by a process in it, and names them by their address.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { globalIpv6, parseLocalAddresses } from './local-addresses.ts';
import { isOfOtherNode } from './pod-routes.ts';
import { seesOnlyItsFamily } from './process-family.ts';

interface PodNamespace {
  /** Its address; a pod has one, of each family at most. */
  readonly address: string;
  /** Identifies the namespace as long as it lives. */
  readonly id: number;
  /** The folder in /proc of a process in it. */
  readonly proc: string;
}

export interface PodFinder {
  /** The addresses of pods that are known to come, whether they are there yet or not. */
  readonly expected: ReadonlySet<string>;
  /** Those that live now. */
  find(): readonly PodNamespace[];
  /** Why there may be pods that it cannot see, in words; null when nothing says so. */
  blindness(): string | null;
  /** A process of ours, which is in a pod's namespace to look into it, does not make the pod live. Returns how to take that back. */
  disregard(pid: number): () => void;
}

/**
 * `ownProc` is the folder in /proc of a process in the node's namespace. `addresses`: only pods with one of these; undefined for
 * all that this /proc shows (on a real node that takes the host's PID namespace).
 */
export function createPodFinder(ownProc: string, addresses?: readonly string[]): PodFinder {
  const wanted = addresses === undefined ? undefined : new Set(addresses);
  const own = new Set<string>();
  const isOurs = (address: string) => wanted?.has(address) ?? !isOfOtherNode(address, ownProc);
  // By namespace: its address does not change, and reading it costs more than the rest of a look.
  const known = new Map<number, { readonly address: string; readonly ours: boolean }>();
  const look = (id: number, proc: string) => {
    const address = addressIn(proc);
    if (address === undefined) return undefined;
    const pod = { address, ours: isOurs(address) };
    known.set(id, pod);
    return pod;
  };
  return {
    expected: wanted ?? new Set(),
    find() {
      const found = new Map<number, PodNamespace>();
      const living = new Set([namespaceOf(ownProc)]);
      for (const proc of processes()) {
        if (own.has(proc)) continue;
        const id = namespaceOf(proc);
        if (typeof id !== 'number' || living.has(id)) continue;
        const pod = known.get(id) ?? look(id, proc);
        if (pod === undefined) continue;
        living.add(id);
        if (pod.ours) found.set(id, { address: pod.address, id, proc });
      }
      for (const id of known.keys()) if (!living.has(id)) known.delete(id);
      return [...found.values()];
    },
    disregard(pid) {
      own.add(`/proc/${pid}`);
      return () => void own.delete(`/proc/${pid}`);
    },
    blindness() {
      if (wanted !== undefined) return null;
      if (seesOnlyItsFamily(process.pid)) {
        return 'pods cannot be seen: /proc shows no process but our own; in a pod it takes hostPID: true';
      }
      const refused = [...processes()].filter((proc) => namespaceOf(proc) === 'refused').length;
      return refused === 0
        ? null
        : `pods may be missing: of ${refused} processes /proc does not tell the network namespace`;
    },
  };
}

function* processes(): Generator<string> {
  for (const entry of readdirSync('/proc')) {
    const first = entry.charCodeAt(0);
    if (first >= 49 && first <= 57) yield `/proc/${entry}`;
  }
}

/**
 * The number of a file that each network namespace has its own of. The link ns/net would say the same, but reading that of another
 * user's process takes the right to trace it; undefined for a process that is gone.
 */
export function namespaceOf(proc: string): number | 'refused' | undefined {
  try {
    return statSync(`${proc}/net/snmp`).ino;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'EACCES' || code === 'EPERM' ? 'refused' : undefined;
  }
}

function addressIn(proc: string): string | undefined {
  try {
    return (
      parseLocalAddresses(readFileSync(`${proc}/net/fib_trie`, 'utf8'))[0] ??
      globalIpv6(readFileSync(`${proc}/net/if_inet6`, 'utf8'))[0]
    );
  } catch {
    return undefined;
  }
}
