// The header of an IPv4 or IPv6 packet, read into numbers and offsets: most packets are only passed by.

/** Overwritten by each reading; whoever keeps something of it copies it. */
export interface IpHeader {
  version: 4 | 6;
  /** Where the packet begins in the captured bytes. */
  at: number;
  /** Offset of the source address; the destination follows it. */
  addressesAt: number;
  ttl: number;
  /** 0 in IPv6, which has none. */
  ipId: number;
  /** Always true in IPv6, whose routers never fragment. */
  dontFragment: boolean;
  /** Whole IP packet, as its header says; as on the wire where offloading left the header's length 0. */
  ipLength: number;
  /** The protocol number of what it carries, behind extension headers. */
  protocol: number;
  /** Offset of what it carries. */
  payloadAt: number;
}

export const emptyIpHeader = (): IpHeader => ({
  ...{ version: 4, at: 0, addressesAt: 0, ttl: 0, ipId: 0 },
  ...{ dontFragment: false, ipLength: 0, protocol: -1, payloadAt: 0 },
});

/** `fragment`: one that is not the first, in which no protocol's header stands. */
export type IpReading = 'read' | 'fragment' | 'cut-off' | 'none';

/** @param wireLength Bytes from `at` to the packet's end as they were on the wire. */
export function readIpHeader(data: Buffer, at: number, wireLength: number, into: IpHeader): IpReading {
  const version = (data[at] ?? 0) >> 4;
  into.at = at;
  if (version === 6) return readIpv6(data, at, wireLength, into);
  if (data.length < at + 20) return cutOffIf(data.length - at < wireLength);
  return version === 4 ? readIpv4(data, at, wireLength, into) : 'none';
}

const cutOffIf = (condition: boolean): IpReading => (condition ? 'cut-off' : 'none');

function readIpv4(data: Buffer, at: number, wireLength: number, into: IpHeader): IpReading {
  const length = ((data[at] ?? 0) & 15) * 4;
  const fragment = data.readUInt16BE(at + 6);
  if (length < 20) return 'none';
  into.version = 4;
  into.addressesAt = at + 12;
  into.ttl = data[at + 8] ?? 0;
  into.ipId = data.readUInt16BE(at + 4);
  into.dontFragment = (fragment & 0x4000) !== 0;
  into.ipLength = data.readUInt16BE(at + 2) || wireLength;
  into.protocol = data[at + 9] ?? 0;
  into.payloadAt = at + length;
  return (fragment & 0x1fff) === 0 ? 'read' : 'fragment';
}

const fragmentHeader = 44;
const authenticationHeader = 51;
/** Hop-by-hop options, routing, destination options, mobility, host identity, shim6: their lengths are counted alike. */
const hasCountedLength = (header: number): boolean =>
  header === 0 || header === 43 || header === 60 || header === 135 || header === 139 || header === 140;

function readIpv6(data: Buffer, at: number, wireLength: number, into: IpHeader): IpReading {
  if (data.length < at + 40) return cutOffIf(data.length - at < wireLength);
  const payload = data.readUInt16BE(at + 4);
  into.version = 6;
  into.addressesAt = at + 8;
  into.ttl = data[at + 7] ?? 0;
  into.ipId = 0;
  into.dontFragment = true;
  into.ipLength = payload === 0 ? wireLength : payload + 40;
  let next = data[at + 6] ?? 0;
  let end = at + 40;
  while (hasCountedLength(next) || next === fragmentHeader || next === authenticationHeader) {
    into.protocol = next;
    into.payloadAt = end;
    if (data.length < end + 8) return cutOffIf(data.length - at < wireLength);
    const header = next;
    next = data[end] ?? 0;
    if (header === fragmentHeader) {
      if (data.readUInt16BE(end + 2) >> 3 !== 0) return 'fragment';
      end += 8;
    } else {
      const units = data[end + 1] ?? 0;
      end += header === authenticationHeader ? (units + 2) * 4 : (units + 1) * 8;
    }
  }
  into.protocol = next;
  into.payloadAt = end;
  return 'read';
}
