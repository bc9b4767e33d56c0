// An IPv4 or IPv6 packet with TCP in it, read from its first bytes.
import type { Tuple } from '../model/node-event.ts';
import { formatIpv4, formatIpv6 } from './ip-address.ts';

export interface TcpPacket {
  readonly tuple: Tuple;
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
  let text = '';
  for (const [bit, letter] of letters) if ((flags & bit) !== 0) text += letter;
  return text === '' ? 'none' : text;
}

interface IpHeader {
  readonly src: string;
  readonly dst: string;
  readonly ttl: number;
  readonly ipId: number;
  readonly dontFragment: boolean;
  readonly ipLength: number;
  /** Offset of the TCP header from the IP header. */
  readonly length: number;
}

/**
 * Reads the packet whose IP header begins at `data[0]`. `wireLength` is the length of the IP packet as it was on the wire.
 * Undefined for anything but TCP, for fragments without the TCP header, and for packets cut off within it.
 */
export function parseTcpPacket(data: Buffer, wireLength: number): TcpPacket | undefined {
  const ip = parseIp(data, wireLength);
  if (ip === undefined || data.length < ip.length + 20) return undefined;
  const at = ip.length;
  const tcpLength = ((data[at + 12] ?? 0) >> 4) * 4;
  if (tcpLength < 20) return undefined;
  const stamp = findTimestamp(data.subarray(at + 20, at + tcpLength), tcpLength - 20);
  return {
    tuple: { src: ip.src, dst: ip.dst, sport: data.readUInt16BE(at), dport: data.readUInt16BE(at + 2) },
    flags: data[at + 13] ?? 0,
    seq: data.readUInt32BE(at + 4),
    ack: data.readUInt32BE(at + 8),
    window: data.readUInt16BE(at + 14),
    ttl: ip.ttl,
    ipId: ip.ipId,
    dontFragment: ip.dontFragment,
    ipLength: ip.ipLength,
    payloadLength: Math.max(0, ip.ipLength - at - tcpLength),
    hasTimestampOption: stamp === 'cut-off' ? null : stamp !== null,
    timestamp: typeof stamp === 'number' ? stamp : null,
  };
}

/** Whether the capture ends within an IP packet's headers before all of TCP's fixed one, or before it can be told that it is no TCP. */
export function isCutBeforeTcp(data: Buffer, wireLength: number): boolean {
  if (data.length >= wireLength) return false;
  const ip = parseIp(data, wireLength);
  if (ip !== undefined) return data.length < ip.length + 20;
  return data.length < (versionOf(data) === 6 ? 40 : 20);
}

const versionOf = (data: Buffer): number => (data[0] ?? 0) >> 4;

function parseIp(data: Buffer, wireLength: number): IpHeader | undefined {
  const version = versionOf(data);
  if (version === 4) return parseIpv4(data, wireLength);
  return version === 6 ? parseIpv6(data, wireLength) : undefined;
}

function parseIpv4(data: Buffer, wireLength: number): IpHeader | undefined {
  if (data.length < 20 || data[9] !== 6) return undefined;
  const length = ((data[0] ?? 0) & 15) * 4;
  const fragment = data.readUInt16BE(6);
  if (length < 20 || (fragment & 0x1fff) !== 0) return undefined;
  return {
    src: formatIpv4(data, 12),
    dst: formatIpv4(data, 16),
    ttl: data[8] ?? 0,
    ipId: data.readUInt16BE(4),
    dontFragment: (fragment & 0x4000) !== 0,
    ipLength: data.readUInt16BE(2) || wireLength,
    length,
  };
}

// Hop-by-hop options, routing, destination options; a fragment header has a fixed length.
const extensionHeaders: readonly number[] = [0, 43, 60];
const fragmentHeader = 44;

function parseIpv6(data: Buffer, wireLength: number): IpHeader | undefined {
  if (data.length < 40) return undefined;
  let next = data[6] ?? 0;
  let length = 40;
  while (next !== 6) {
    if (data.length < length + 8) return undefined;
    const header = next;
    next = data[length] ?? 0;
    if (header === fragmentHeader) {
      if (data.readUInt16BE(length + 2) >> 3 !== 0) return undefined;
      length += 8;
    } else if (extensionHeaders.includes(header)) {
      length += ((data[length + 1] ?? 0) + 1) * 8;
    } else {
      return undefined;
    }
  }
  const payload = data.readUInt16BE(4);
  return {
    src: formatIpv6(data, 8),
    dst: formatIpv6(data, 24),
    ttl: data[7] ?? 0,
    ipId: 0,
    dontFragment: true,
    ipLength: payload === 0 ? wireLength : payload + 40,
    length,
  };
}

/**
 * TSval of the timestamp option (RFC 7323) among options of `length` bytes, of which `options` was captured: null when there is
 * none, 'cut-off' when it may stand in what was not captured, 'unreadable' when it stands there without its value.
 */
function findTimestamp(options: Buffer, length: number): number | 'unreadable' | 'cut-off' | null {
  let at = 0;
  while (at < options.length) {
    const kind = options[at] ?? 0;
    if (kind === 8) return at + 6 <= options.length ? options.readUInt32BE(at + 2) : 'unreadable';
    if (kind === 0) return null;
    if (kind !== 1 && at + 1 >= options.length) break;
    const step = kind === 1 ? 1 : (options[at + 1] ?? 0);
    if (step === 0) return null;
    at += step;
  }
  return options.length < length && at < length ? 'cut-off' : null;
}
