// Addresses from a packet's bytes as text, in the one form that all tools print.

/** Four bytes from `offset` on: `10.44.0.33`. */
export function formatIpv4(data: Uint8Array, offset: number): string {
  return `${data[offset] ?? 0}.${data[offset + 1] ?? 0}.${data[offset + 2] ?? 0}.${data[offset + 3] ?? 0}`;
}

/** Sixteen bytes from `offset` on, as RFC 5952 writes them: `2001:db8::1`; an IPv4-mapped one as `::ffff:10.0.0.1`. */
export function formatIpv6(data: Uint8Array, offset: number): string {
  const groups = Array.from({ length: 8 }, (_, index) => {
    const at = offset + index * 2;
    return ((data[at] ?? 0) << 8) | (data[at + 1] ?? 0);
  });
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    return `::ffff:${formatIpv4(data, offset + 12)}`;
  }
  const { from, length } = longestZeros(groups);
  const hex = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':');
  if (length < 2) return hex(groups);
  return `${hex(groups.slice(0, from))}::${hex(groups.slice(from + length))}`;
}

/** The first of the longest runs of zeros. */
function longestZeros(groups: readonly number[]): { from: number; length: number } {
  let best = { from: 0, length: 0 };
  let from = 0;
  groups.forEach((group, index) => {
    if (group !== 0) from = index + 1;
    else if (index + 1 - from > best.length) best = { from, length: index + 1 - from };
  });
  return best;
}

/** Addresses that were written before: a capture has few of them, and each is in many packets. */
const written = new Map<number | string, string>();
const mostWritten = 50_000;

/** The address at `offset` in an IP header of that version, in the form of the two above. */
export function formatAddress(data: Buffer, offset: number, version: 4 | 6): string {
  const key = version === 4 ? data.readUInt32BE(offset) : data.toString('latin1', offset, offset + 16);
  const known = written.get(key);
  if (known !== undefined) return known;
  if (written.size >= mostWritten) written.clear();
  const text = version === 4 ? formatIpv4(data, offset) : formatIpv6(data, offset);
  written.set(key, text);
  return text;
}
