// What stands before the IP packet: which interface it passed, in which direction, and where the IP header begins.
import { isIpEtherType, readEthernet, skipTags } from './ethernet.ts';
import { hashOf } from './hash.ts';

/** LINKTYPE_ numbers that we read: https://www.tcpdump.org/linktypes.html */
export const linkTypes = {
  ...{ null: 0, ethernet: 1, raw: 101, loop: 108, sll: 113, ipv4: 228, ipv6: 229, nflog: 239, sll2: 276 },
} as const;
/** Numbers under which some systems write raw IP as well. */
const rawLinkTypes: readonly number[] = [linkTypes.raw, linkTypes.ipv4, linkTypes.ipv6, 12, 14];
const known: ReadonlySet<number> = new Set([...rawLinkTypes, ...Object.values(linkTypes)]);

export interface LinkHeader {
  /** Null where the link type does not tell. */
  readonly interfaceIndex: number | null;
  readonly direction: 'in' | 'out' | null;
  /** A number made of the addresses and tags below IP, alike for packets that have the same; 0 where there are none. */
  readonly addresses: number;
  /** Offset of the IP header. */
  readonly length: number;
}

export const isKnownLinkType = (linkType: number): boolean => known.has(linkType);

/** Reads the link layer of a packet; undefined when it carries no IP, is cut off, or the link type is unknown. */
export function parseLinkHeader(linkType: number, data: Buffer): LinkHeader | undefined {
  switch (linkType) {
    case linkTypes.ethernet:
      return parseEthernet(data);
    case linkTypes.sll2:
      return parseSll2(data);
    case linkTypes.sll:
      return parseSll(data);
    case linkTypes.null:
    case linkTypes.loop:
      return parseLoopback(data);
    case linkTypes.nflog:
      return parseNflog(data);
    default:
      return rawLinkTypes.includes(linkType) ? bare(0) : undefined;
  }
}

/** So many bytes at most are needed to tell that a packet of a known link type carries no IP. */
export const longestFixedPart = 20;

const bare = (length: number): LinkHeader => ({
  interfaceIndex: null,
  direction: null,
  addresses: 0,
  length,
});

function parseSll2(data: Buffer): LinkHeader | undefined {
  if (data.length < 20) return undefined;
  // Tags that stand where the packet begins, because the protocol before it says so.
  const length = isIpEtherType(data.readUInt16BE(0)) ? 20 : skipTags(data, 0, 22);
  if (length < 0) return undefined;
  return {
    interfaceIndex: data.readUInt32BE(4),
    direction: directionOf(data[10] ?? 0),
    addresses: hashOf(data, 12, 20),
    length,
  };
}

function parseSll(data: Buffer): LinkHeader | undefined {
  if (data.length < 16) return undefined;
  const length = skipTags(data, 14);
  if (length < 0) return undefined;
  return {
    interfaceIndex: null,
    direction: directionOf(data.readUInt16BE(0)),
    addresses: hashOf(data, 6, length - 2),
    length,
  };
}

function parseEthernet(data: Buffer): LinkHeader | undefined {
  const length = readEthernet(data, 0);
  if (length < 0) return undefined;
  const addresses = hashOf(data, 0, length - 2);
  const former = seen[addresses & (seen.length - 1)];
  if (former?.addresses === addresses && former.length === length) return former;
  const link = { interfaceIndex: null, direction: null, addresses, length };
  seen[addresses & (seen.length - 1)] = link;
  return link;
}

/** Few pairs of addresses carry all packets: theirs are one object each. */
const seen: (LinkHeader | undefined)[] = new Array<LinkHeader | undefined>(256).fill(undefined);

/** AF_INET, and AF_INET6 of Linux, of NetBSD and OpenBSD, of FreeBSD, of macOS. */
const ipFamilies: ReadonlySet<number> = new Set([2, 10, 24, 28, 30]);

/** The family stands in the byte order of whoever captured; families are small numbers, which tells it. */
function parseLoopback(data: Buffer): LinkHeader | undefined {
  if (data.length < 4) return undefined;
  const family = data[0] === 0 && data[1] === 0 ? data.readUInt32BE(0) : data.readUInt32LE(0);
  return ipFamilies.has(family) ? bare(4) : undefined;
}

// linux/netfilter/nfnetlink_log.h
const nflog = { packet: 1, indev: 4, outdev: 5, payload: 9 } as const;

/** Attributes, whose lengths and types stand in the byte order of whoever captured; what they hold is in the network's. */
function parseNflog(data: Buffer): LinkHeader | undefined {
  let at = 4;
  let hook = -1;
  let inward: number | null = null;
  let outward: number | null = null;
  while (data.length >= at + 4) {
    // Types are below 256, so that one of their two bytes is 0. The highest bits are flags.
    const little = data[at + 3] === 0;
    const length = little ? data.readUInt16LE(at) : data.readUInt16BE(at);
    const type = little ? data.readUInt16LE(at + 2) : data.readUInt16BE(at + 2);
    if (type === nflog.payload) {
      const direction = nflogDirection(hook, inward, outward);
      return {
        interfaceIndex: direction === 'in' ? inward : direction === 'out' ? outward : (outward ?? inward),
        direction,
        addresses: 0,
        length: at + 4,
      };
    }
    if (length < 4 || data.length < at + length) return undefined;
    if (type === nflog.packet && length >= 7) hook = data[at + 6] ?? -1;
    if (type === nflog.indev && length >= 8) inward = data.readUInt32BE(at + 4);
    if (type === nflog.outdev && length >= 8) outward = data.readUInt32BE(at + 4);
    at += (length + 3) & ~3;
  }
  return undefined;
}

/** The hooks are PREROUTING, INPUT, FORWARD, OUTPUT, POSTROUTING; what is forwarded has come in by one and leaves by the other. */
function nflogDirection(hook: number, inward: number | null, outward: number | null): 'in' | 'out' | null {
  if (hook === 0 || hook === 1) return 'in';
  if (hook === 3 || hook === 4) return 'out';
  if (inward !== null && outward !== null) return null;
  return inward !== null ? 'in' : outward !== null ? 'out' : null;
}

/** Packet types of packet(7): 4 is PACKET_OUTGOING, the others came in. */
const directionOf = (packetType: number) => (packetType === 4 ? 'out' : 'in');
