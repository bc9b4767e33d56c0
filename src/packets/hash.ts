/** FNV-1a, 32 bits, of some bytes; `seed`: the hash of those before them. */
export function hashOf(data: Buffer, from: number, to: number, seed = 0x811c9dc5): number {
  let hash = seed;
  for (let at = from; at < to; at += 1) hash = Math.imul(hash ^ (data[at] ?? 0), 0x01000193);
  return hash;
}
