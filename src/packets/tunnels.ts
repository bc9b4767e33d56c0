// Packets that carry packets: where the inner one begins, by the headers of those that clusters and clouds use.
import { readEthernet } from './ethernet.ts';
import { hashOf } from './hash.ts';
import { formatAddress } from './ip-address.ts';
import type { IpHeader } from './ip-header.ts';

/** Overwritten by each reading. */
export interface Tunnel {
  /** As evidence names it. */
  kind: 'VXLAN' | 'Geneve' | 'GRE' | 'IPIP' | '6in4' | '4in6' | '6in6';
  /** Virtual network, or GRE's key; −1 where there is none. */
  id: number;
  /** Offset of the inner IP packet. */
  innerAt: number;
}

export const emptyTunnel = (): Tunnel => ({ kind: 'IPIP', id: -1, innerAt: 0 });

/** `none`: it is no tunnel that we know, or carries no IP. */
export type TunnelReading = 'read' | 'cut-off' | 'none';

const protocols = { ipip: 4, udp: 17, ipv6: 41, gre: 47 } as const;
/** RFC 7348, and the port that Linux took before it and flannel takes still. */
const isVxlan = (port: number): boolean => port === 4_789 || port === 8_472;
const genevePort = 6_081;
const etherTypes = { ethernet: 0x6558, ipv4: 0x0800, ipv6: 0x86dd } as const;

/** Reads what an IP packet carries, if it is a tunnel's. */
export function readTunnel(data: Buffer, ip: IpHeader, into: Tunnel): TunnelReading {
  const { protocol, payloadAt } = ip;
  if (protocol === protocols.udp) return readUdp(data, payloadAt, into);
  if (protocol === protocols.gre) return readGre(data, payloadAt, into);
  if (protocol !== protocols.ipip && protocol !== protocols.ipv6) return 'none';
  into.kind = protocol === protocols.ipip ? (ip.version === 4 ? 'IPIP' : '4in6') : kindOfIpv6In(ip.version);
  into.id = -1;
  into.innerAt = payloadAt;
  return 'read';
}

const kindOfIpv6In = (version: 4 | 6) => (version === 4 ? '6in4' : '6in6');

function readUdp(data: Buffer, at: number, into: Tunnel): TunnelReading {
  if (data.length < at + 4) return 'none';
  const port = data.readUInt16BE(at + 2);
  if (isVxlan(port)) return readVxlan(data, at + 8, into);
  return port === genevePort ? readGeneve(data, at + 8, into) : 'none';
}

function readVxlan(data: Buffer, at: number, into: Tunnel): TunnelReading {
  if (data.length < at + 8) return 'cut-off';
  // The bit says that there is a network number; without it the packet is none.
  if (((data[at] ?? 0) & 0x08) === 0) return 'none';
  into.kind = 'VXLAN';
  into.id = data.readUIntBE(at + 4, 3);
  return innerFrame(data, at + 8, into);
}

function readGeneve(data: Buffer, at: number, into: Tunnel): TunnelReading {
  if (data.length < at + 8) return 'cut-off';
  const first = data[at] ?? 0;
  if (first >> 6 !== 0) return 'none';
  into.kind = 'Geneve';
  into.id = data.readUIntBE(at + 4, 3);
  return innerOf(data, data.readUInt16BE(at + 2), at + 8 + (first & 0x3f) * 4, into);
}

/** RFC 2784 with the key and the sequence number of RFC 2890. */
function readGre(data: Buffer, at: number, into: Tunnel): TunnelReading {
  if (data.length < at + 4) return 'cut-off';
  const flags = data.readUInt16BE(at);
  const [hasChecksum, hasRouting] = [(flags & 0x8000) !== 0, (flags & 0x4000) !== 0];
  const [hasKey, hasSequence] = [(flags & 0x2000) !== 0, (flags & 0x1000) !== 0];
  // Version 1 is that of PPTP; source routes are of RFC 1701 alone.
  if ((flags & 7) !== 0 || hasRouting) return 'none';
  const keyAt = at + (hasChecksum ? 8 : 4);
  const innerAt = keyAt + (hasKey ? 4 : 0) + (hasSequence ? 4 : 0);
  if (data.length < innerAt) return 'cut-off';
  into.kind = 'GRE';
  into.id = hasKey ? data.readUInt32BE(keyAt) : -1;
  return innerOf(data, data.readUInt16BE(at + 2), innerAt, into);
}

function innerOf(data: Buffer, etherType: number, at: number, into: Tunnel): TunnelReading {
  if (etherType === etherTypes.ethernet) return innerFrame(data, at, into);
  into.innerAt = at;
  return etherType === etherTypes.ipv4 || etherType === etherTypes.ipv6 ? 'read' : 'none';
}

function innerFrame(data: Buffer, at: number, into: Tunnel): TunnelReading {
  // Whole as far as its type and two tags would go, it carries no IP; else too little of it is there.
  const innerAt = readEthernet(data, at);
  if (innerAt < 0) return data.length < at + 14 ? 'cut-off' : 'none';
  into.innerAt = innerAt;
  return 'read';
}

/** A number for the tunnel, alike for the packets of one. */
export function tunnelHash(data: Buffer, { addressesAt, version }: IpHeader, { id, kind }: Tunnel): number {
  const length = version === 4 ? 8 : 32;
  return hashOf(data, addressesAt, addressesAt + length, Math.imul(id, 31) + kind.length) | 0;
}

const remembered = 256;

/** Names tunnels as evidence has them: `10.0.0.1 > 10.0.0.2 VXLAN 42`. Few tunnels carry all packets: their names are made once. */
export function createTunnelNames(): (data: Buffer, ip: IpHeader, tunnel: Tunnel) => string {
  const known = new Map<number, { outer: Buffer; kind: string; id: number; name: string }>();
  return (data, ip, { kind, id }) => {
    const { addressesAt, version } = ip;
    const half = version === 4 ? 4 : 16;
    const place = tunnelHash(data, ip, { kind, id, innerAt: 0 }) & (remembered - 1);
    const former = known.get(place);
    if (
      former?.id === id &&
      former.kind === kind &&
      former.outer.length === half * 2 &&
      former.outer.compare(data, addressesAt, addressesAt + half * 2) === 0
    )
      return former.name;
    const [from, to] = [
      formatAddress(data, addressesAt, version),
      formatAddress(data, addressesAt + half, version),
    ];
    const name = `${from} > ${to} ${kind}${id < 0 ? '' : ` ${id}`}`;
    // A copy: a view would keep the piece of the file that it is in.
    const outer = Buffer.from(data.subarray(addressesAt, addressesAt + half * 2));
    known.set(place, { outer, kind, id, name });
    return name;
  };
}
