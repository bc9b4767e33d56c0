// What stands before the IP packet: which interface it passed, in which direction, and where the IP header begins.

/** LINKTYPE_ numbers that we read: https://www.tcpdump.org/linktypes.html */
export const linkTypes = { ethernet: 1, raw: 101, sll: 113, ipv4: 228, ipv6: 229, sll2: 276 } as const;
/** Numbers under which some systems write raw IP as well. */
const rawLinkTypes: readonly number[] = [linkTypes.raw, linkTypes.ipv4, linkTypes.ipv6, 12, 14];

export interface LinkHeader {
  /** Null where the link type does not tell. */
  readonly interfaceIndex: number | null;
  readonly direction: 'in' | 'out' | null;
  /** A number made of the link layer's addresses and tags, alike for packets that have the same; 0 where there are none. */
  readonly addresses: number;
  /** Offset of the IP header. */
  readonly length: number;
}

export const isKnownLinkType = (linkType: number): boolean =>
  rawLinkTypes.includes(linkType) || Object.values(linkTypes).some((known) => known === linkType);

/** Reads the link layer of a packet; undefined when it carries no IP, is cut off, or the link type is unknown. */
export function parseLinkHeader(linkType: number, data: Buffer): LinkHeader | undefined {
  if (linkType === linkTypes.sll2) return parseSll2(data);
  if (linkType === linkTypes.sll) return parseSll(data);
  if (linkType === linkTypes.ethernet) return parseEthernet(data);
  return rawLinkTypes.includes(linkType)
    ? { interfaceIndex: null, direction: null, addresses: 0, length: 0 }
    : undefined;
}

function parseSll2(data: Buffer): LinkHeader | undefined {
  if (data.length < 20 || !isIp(data.readUInt16BE(0))) return undefined;
  return {
    interfaceIndex: data.readUInt32BE(4),
    direction: directionOf(data[10] ?? 0),
    addresses: hashOf(data, 12, 20),
    length: 20,
  };
}

function parseSll(data: Buffer): LinkHeader | undefined {
  if (data.length < 16 || !isIp(data.readUInt16BE(14))) return undefined;
  return {
    interfaceIndex: null,
    direction: directionOf(data.readUInt16BE(0)),
    addresses: hashOf(data, 6, 14),
    length: 16,
  };
}

function parseEthernet(data: Buffer): LinkHeader | undefined {
  let offset = 12;
  while (data.length >= offset + 2) {
    const type = data.readUInt16BE(offset);
    // 802.1Q and 802.1ad tags stand between the addresses and the type.
    if (type === 0x8100 || type === 0x88a8) offset += 4;
    else if (!isIp(type)) return undefined;
    else {
      const addresses = hashOf(data, 0, offset);
      return { interfaceIndex: null, direction: null, addresses, length: offset + 2 };
    }
  }
  return undefined;
}

/** FNV-1a, 32 bits. */
function hashOf(data: Buffer, from: number, to: number): number {
  let hash = 0x811c9dc5;
  for (let at = from; at < to; at += 1) hash = Math.imul(hash ^ (data[at] ?? 0), 0x01000193);
  return hash;
}

/** Packet types of packet(7): 4 is PACKET_OUTGOING, the others came in. */
const directionOf = (packetType: number) => (packetType === 4 ? 'out' : 'in');

const isIp = (etherType: number) => etherType === 0x0800 || etherType === 0x86dd;
