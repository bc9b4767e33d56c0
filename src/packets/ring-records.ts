// The records of a ring of packets that somebody else writes: read from any place in it, for some connections only. What is not asked for
// costs a look at its ports; what was not written whole, or is none, is stepped over.
import { linkTypes } from './link-layer.ts';
import type { PcapHeader, PcapRecord } from './pcap-reader.ts';

/** By their ports alone, in both directions alike: all that are wanted, and few others. */
export interface PortPairs {
  has(pair: number): boolean;
}

export const portPair = (one: number, other: number): number =>
  one < other ? one * 65_536 + other : other * 65_536 + one;

/** What was found in a piece of the ring, by offsets in the piece. */
export interface RingPiece {
  /** Where its first whole record begins; its length where it has none. */
  readonly begin: number;
  /** Where its last whole record ends. */
  readonly end: number;
  /** Stamps of these, microseconds since the epoch; NaN where there are none. */
  readonly firstAt: number;
  readonly lastAt: number;
  /** Bytes between whole records that are none. */
  readonly skipped: number;
}

const headerLength = 16;
/** So many records, one right behind the other, are no chance. */
const chain = 8;
/** Seconds between two records of a ring into which all packets of a port are written as they come, but for clocks that are set. */
const mostBetween = 86_400;

/**
 * Hands out the records of `wanted` connections in the order in which they were written, as views of `bytes`.
 * @param isAtRecord Whether a record begins with the first byte; else the first one is looked for.
 */
export function readRing(
  bytes: Buffer,
  header: Pick<PcapHeader, 'littleEndian' | 'nanoseconds' | 'snapLength' | 'linkType'>,
  isAtRecord: boolean,
  wanted: PortPairs,
  onRecord: (record: PcapRecord) => void,
): RingPiece {
  const { littleEndian, nanoseconds } = header;
  const word = (at: number) => (littleEndian ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const perSecond = nanoseconds ? 1e9 : 1e6;
  /** The captured length of a record that begins there; −1 where none can. */
  const lengthAt = (at: number): number => {
    const captured = word(at + 8);
    const isOne =
      captured >= shortest &&
      captured <= header.snapLength &&
      word(at + 12) >= captured &&
      word(at + 12) <= longest &&
      word(at + 4) < perSecond;
    return isOne ? captured : -1;
  };
  const begins = (from: number): boolean => {
    let at = from;
    for (let count = 0; count < chain; count += 1) {
      if (at + headerLength > bytes.length) return count > 0;
      const captured = lengthAt(at);
      if (captured < 0 || Math.abs(word(at) - word(from)) > mostBetween) return false;
      at += headerLength + captured;
    }
    return true;
  };
  const next = (from: number): number => {
    for (let at = from; at + headerLength <= bytes.length; at += 1) if (begins(at)) return at;
    return bytes.length;
  };

  const begin = isAtRecord ? 0 : next(0);
  let [at, end, skipped, firstAt, lastAt] = [begin, begin, 0, Number.NaN, Number.NaN];
  while (at + headerLength <= bytes.length) {
    const captured = lengthAt(at);
    if (captured < 0) {
      const found = next(at + 1);
      // A last record that is half there looks like none.
      if (found === bytes.length) break;
      skipped += found - at;
      at = found;
      continue;
    }
    const dataAt = at + headerLength;
    const after = dataAt + captured;
    if (after > bytes.length) break;
    lastAt = word(at) * 1_000_000 + (nanoseconds ? word(at + 4) / 1_000 : word(at + 4));
    if (Number.isNaN(firstAt)) firstAt = lastAt;
    const pair = pairAt(bytes, dataAt, after, header.linkType);
    if (pair >= 0 && wanted.has(pair))
      onRecord({
        at: lastAt,
        data: bytes.subarray(dataAt, after),
        wireLength: word(at + 12),
        bytes: bytes.subarray(at, after),
      });
    at = after;
    end = after;
  }
  return { begin, end, firstAt, lastAt, skipped };
}

/** A link header of the one kind that is read, with the shortest IP and TCP headers. */
const shortest = 20 + 20 + 20;
/** libpcap's MAXIMUM_SNAPLEN, which no packet is longer than. */
const longest = 262_144;
const [ipv4, ipv6, tcp] = [0x0800, 0x86dd, 6];

/** Where the filter `tcp port` looks for them; −1 where it would find none. */
function pairAt(bytes: Buffer, from: number, to: number, linkType: number): number {
  if (linkType !== linkTypes.sll2) return -1;
  const ip = from + 20;
  const type = bytes.readUInt16BE(from);
  let at = -1;
  if (type === ipv4 && bytes[ip + 9] === tcp) at = ip + 4 * ((bytes[ip] ?? 0) & 15);
  else if (type === ipv6 && bytes[ip + 6] === tcp) at = ip + 40;
  return at < 0 || at + 4 > to ? -1 : portPair(bytes.readUInt16BE(at), bytes.readUInt16BE(at + 2));
}
