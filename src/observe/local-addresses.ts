// A namespace's own addresses, from /proc/net/fib_trie and, of IPv6, if_inet6.
import { readFileSync } from 'node:fs';
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

/** The addresses of global scope in /proc/net/if_inet6, written as packets' addresses are. */
export const globalIpv6 = (text: string): string[] =>
  [...text.matchAll(/^([0-9a-f]{32}) [0-9a-f]+ [0-9a-f]+ 00 /gm)].map(([, digits = '']) =>
    formatIpv6(Buffer.from(digits, 'hex'), 0),
  );

/** All addresses, but the loopback ones, of the network namespace that a process is in; `proc` is its folder in /proc. None when it is gone. */
export function ownAddressesIn(proc: string): string[] {
  const read = (name: string) => {
    try {
      return readFileSync(`${proc}/net/${name}`, 'utf8');
    } catch {
      // A kernel without IPv6 has no such file.
      return '';
    }
  };
  return [...parseLocalAddresses(read('fib_trie')), ...globalIpv6(read('if_inet6'))];
}
