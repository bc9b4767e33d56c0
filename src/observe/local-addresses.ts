// A namespace's own addresses, from /proc/net/fib_trie.

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
