// Finds the network namespaces beside the node's own, each by a process in it, and names them by their address.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

interface PodNamespace {
  /** Its address; a pod has one, of each family at most. */
  readonly address: string;
  /** Identifies the namespace as long as it lives: `net:[4026532387]`. */
  readonly id: string;
  /** The folder in /proc of a process in it. */
  readonly proc: string;
}

export interface PodFinder {
  /** Those that live now. */
  find(): readonly PodNamespace[];
}

/**
 * `ownProc` is the folder in /proc of a process in the node's namespace. `addresses`: only pods with one of these; undefined for
 * all that this /proc shows (on a real node that takes the host's PID namespace).
 */
export function createPodFinder(ownProc: string, addresses?: readonly string[]): PodFinder {
  const wanted = addresses === undefined ? undefined : new Set(addresses);
  // By namespace: its address does not change, and reading it costs more than the rest of a look.
  const known = new Map<string, string>();
  return {
    find() {
      const own = namespaceOf(ownProc);
      const found = new Map<string, PodNamespace>();
      const passedOver = new Set<string | undefined>([own, undefined]);
      for (const entry of readdirSync('/proc')) {
        const first = entry.charCodeAt(0);
        if (first < 49 || first > 57) continue;
        const proc = `/proc/${entry}`;
        const id = namespaceOf(proc);
        if (id === undefined || passedOver.has(id) || found.has(id)) continue;
        const address = known.get(id) ?? addressIn(proc);
        if (address === undefined) continue;
        known.set(id, address);
        if (wanted === undefined || wanted.has(address)) found.set(id, { address, id, proc });
        else passedOver.add(id);
      }
      for (const id of known.keys()) if (!found.has(id) && !passedOver.has(id)) known.delete(id);
      return [...found.values()];
    },
  };
}

function namespaceOf(proc: string): string | undefined {
  try {
    return readlinkSync(`${proc}/ns/net`);
  } catch {
    // Gone, or another user's.
    return undefined;
  }
}

function addressIn(proc: string): string | undefined {
  try {
    return (
      parseLocalAddresses(readFileSync(`${proc}/net/fib_trie`, 'utf8'))[0] ??
      globalIpv6(readFileSync(`${proc}/net/if_inet6`, 'utf8'))
    );
  } catch {
    return undefined;
  }
}

/** The namespace's own IPv4 addresses but the loopback ones, from /proc/net/fib_trie. */
export function parseLocalAddresses(fibTrie: string): string[] {
  const found = new Set<string>();
  let leaf: string | undefined;
  for (const line of fibTrie.split('\n')) {
    const address = /\|-- ([0-9.]+)$/.exec(line)?.[1];
    if (address !== undefined) leaf = address;
    else if (leaf !== undefined && line.includes('/32 host LOCAL') && !leaf.startsWith('127.'))
      found.add(leaf);
  }
  return [...found];
}

/** The first address of global scope in /proc/net/if_inet6, all groups written out; undefined when there is none. */
function globalIpv6(text: string): string | undefined {
  const match = /^([0-9a-f]{32}) [0-9a-f]+ [0-9a-f]+ 00 /m.exec(text);
  return match?.[1]
    ?.match(/.{4}/g)
    ?.map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
