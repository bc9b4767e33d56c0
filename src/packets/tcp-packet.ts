// An IPv4 or IPv6 packet with TCP in it, read from its first bytes.
import { emptyIpHeader, readIpHeader, type IpHeader } from './ip-header.ts';
import { readWay, type Way } from './way.ts';

export interface TcpPacket {
  readonly way: Way;
  /** The header's flag byte: see `tcpFlags`. */
  readonly flags: number;
  readonly seq: number;
  readonly ack: number;
  readonly window: number;
  readonly ttl: number;
  /** 0 in IPv6, which has none. */
  readonly ipId: number;
  /** Always true in IPv6, whose routers never fragment. */
  readonly dontFragment: boolean;
  /** Whole IP packet, as its header says; as on the wire where offloading left the header's length 0. */
  readonly ipLength: number;
  readonly payloadLength: number;
  /** Null where the capture cut the options off before one was seen. */
  readonly hasTimestampOption: boolean | null;
  /** The option's TSval: the sender's clock; null without the option, or where it was cut off. */
  readonly timestamp: number | null;
}

export const tcpFlags = { fin: 1, syn: 2, rst: 4, push: 8, ack: 16, urgent: 32, ece: 64, cwr: 128 } as const;

// In tcpdump's order.
const letters: readonly (readonly [number, string])[] = [
  [tcpFlags.fin, 'F'],
  [tcpFlags.syn, 'S'],
  [tcpFlags.rst, 'R'],
  [tcpFlags.push, 'P'],
  [tcpFlags.ack, '.'],
  [tcpFlags.urgent, 'U'],
  [tcpFlags.ece, 'E'],
  [tcpFlags.cwr, 'W'],
];

/** As tcpdump writes them: `S`, `S.`, `P.`, `.`, `R`; `none` for none. */
export function formatFlags(flags: number): string {
  return (formatted[flags] ??= lettersOf(flags));
}

/** Each once: a flag byte has 256 values, and packets by the million one of them. */
const formatted: string[] = [];

function lettersOf(flags: number): string {
  let text = '';
  for (const [bit, letter] of letters) if ((flags & bit) !== 0) text += letter;
  return text === '' ? 'none' : text;
}

/**
 * Reads the packet whose IP header begins at `data[0]`. `wireLength` is the length of the IP packet as it was on the wire.
 * Undefined for anything but TCP, for fragments without the TCP header, and for packets cut off within it.
 * @public
 */
export function parseTcpPacket(data: Buffer, wireLength: number): TcpPacket | undefined {
  const ip = emptyIpHeader();
  if (readIpHeader(data, 0, wireLength, ip) !== 'read' || ip.protocol !== 6) return undefined;
  return data.length < ip.payloadAt + 20 ? undefined : readTcpHeader(data, ip);
}

/** Reads the TCP header of a packet that has all of the fixed one; undefined when it says that it is shorter. */
export function readTcpHeader(data: Buffer, ip: IpHeader): TcpPacket | undefined {
  const { version, addressesAt, payloadAt: at } = ip;
  const tcpLength = ((data[at + 12] ?? 0) >> 4) * 4;
  if (tcpLength < 20) return undefined;
  const stamp = findTimestamp(data, at + 20, at + tcpLength);
  return {
    way: readWay(data, addressesAt, version, at),
    flags: data[at + 13] ?? 0,
    seq: data.readUInt32BE(at + 4),
    ack: data.readUInt32BE(at + 8),
    window: data.readUInt16BE(at + 14),
    ttl: ip.ttl,
    ipId: ip.ipId,
    dontFragment: ip.dontFragment,
    ipLength: ip.ipLength,
    payloadLength: Math.max(0, ip.ipLength - (at - ip.at) - tcpLength),
    hasTimestampOption: stamp === 'cut-off' ? null : stamp !== null,
    timestamp: typeof stamp === 'number' ? stamp : null,
  };
}

/**
 * TSval of the timestamp option (RFC 7323) among the options from `start` to `end`, of which the last may not have been captured:
 * null when there is none, 'cut-off' when it may stand in what was not captured, 'unreadable' when it stands there without its value.
 */
function findTimestamp(data: Buffer, start: number, end: number): number | 'unreadable' | 'cut-off' | null {
  const captured = Math.min(end, data.length);
  let at = start;
  while (at < captured) {
    const kind = data[at] ?? 0;
    if (kind === 8) return at + 6 <= captured ? data.readUInt32BE(at + 2) : 'unreadable';
    if (kind === 0) return null;
    if (kind !== 1 && at + 1 >= captured) break;
    const step = kind === 1 ? 1 : (data[at + 1] ?? 0);
    if (step === 0) return null;
    at += step;
  }
  return captured < end && at < end ? 'cut-off' : null;
}
