// A namespace's own addresses, from /proc/net/fib_trie and, of IPv6, if_inet6.
import { formatIpv6 } from '../packets/ip-address.ts';

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

/** The first address of global scope in /proc/net/if_inet6, written as packets' addresses are; undefined when there is none. */
export function globalIpv6(text: string): string | undefined {
  const match = /^([0-9a-f]{32}) [0-9a-f]+ [0-9a-f]+ 00 /m.exec(text);
  return match?.[1] === undefined ? undefined : formatIpv6(Buffer.from(match[1], 'hex'), 0);
}
