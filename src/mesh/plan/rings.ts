// Every ring puts all nodes in an order of its own that depends on their names alone, so that a node that joins or leaves changes
// one neighbourhood of each ring and nothing else.

/** FNV-1a over UTF-16 code units, 32 bits: names are short, and nobody attacks. */
export function hashName(name: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index++) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}

/** Murmur3's finalizer: makes of one name's hash an independent position for each ring. */
function place(hash: number, ring: number): number {
  let mixed = hash ^ Math.imul(ring + 1, 0x9e3779b1);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

const indexBits = 21;
/** More nodes than this one cluster can have: Kubernetes supports 5,000. */
export const mostNodes = 2 ** indexBits;

/**
 * The members, sorted around the ring. `hashes` are of all nodes, in order of their names, so that equal places are sorted by name.
 */
export function ringOrder(members: Int32Array, hashes: Uint32Array, ring: number): Int32Array {
  // Place and index in one number of 53 bits: a typed array then sorts them without a callback.
  const keys = new Float64Array(members.length);
  members.forEach((member, at) => (keys[at] = place(hashes[member] ?? 0, ring) * mostNodes + member));
  keys.sort();
  return Int32Array.from(keys, (key) => key % mostNodes);
}
