// Errors that routers and hosts send about a packet, and the TCP connection that the packet was of.
import type { IcmpErrorEvent, Tuple } from '../model/node-event.ts';
import { formatMicros } from '../model/clock.ts';
import { formatAddress } from './ip-address.ts';
import { emptyIpHeader, readIpHeader, type IpHeader } from './ip-header.ts';
import type { LinkHeader } from './link-layer.ts';
import { directionWords, type PacketOrigin } from './packet-origin.ts';
import { emptyTunnel, readTunnel } from './tunnels.ts';

export interface IcmpError {
  readonly version: 4 | 6;
  /** Who says so, and whom it tells. */
  readonly src: string;
  readonly dst: string;
  readonly type: number;
  readonly code: number;
  /** The longest packet that would pass, where that is the error; null else, and where a router does not say. */
  readonly mtu: number | null;
  /** The quoted packet's: its source is mostly whom the error goes to. */
  readonly tuple: Tuple;
}

const icmp = { protocol: 1, unreachable: 3, timeExceeded: 11, fragmentationNeeded: 4 } as const;
const icmpv6 = { protocol: 58, unreachable: 1, tooBig: 2, timeExceeded: 3 } as const;
const tcpProtocol = 6;
/** Of an error, before the packet that it quotes. */
const headerLength = 8;

/** Whether it is one of the errors that end connections or make them stall; not yet, whether it quotes TCP. */
export function isIcmpError(data: Buffer, { version, protocol, payloadAt }: IpHeader): boolean {
  const type = data[payloadAt];
  if (version === 4)
    return protocol === icmp.protocol && (type === icmp.unreachable || type === icmp.timeExceeded);
  return (
    protocol === icmpv6.protocol &&
    (type === icmpv6.unreachable || type === icmpv6.tooBig || type === icmpv6.timeExceeded)
  );
}

/** Reads an error that `isIcmpError` told; undefined when it quotes no TCP, or too little of it. */
export function readIcmpError(data: Buffer, ip: IpHeader): IcmpError | undefined {
  const { version, addressesAt, payloadAt } = ip;
  const tuple = quotedTuple(data, payloadAt + headerLength);
  if (tuple === undefined) return undefined;
  const [type, code] = [data[payloadAt] ?? 0, data[payloadAt + 1] ?? 0];
  return {
    ...{ version, type, code, tuple, mtu: mtuOf(data, version, type, code, payloadAt) },
    src: formatAddress(data, addressesAt, version),
    dst: formatAddress(data, addressesAt + (version === 4 ? 4 : 16), version),
  };
}

function mtuOf(data: Buffer, version: 4 | 6, type: number, code: number, at: number): number | null {
  if (version === 6) return type === icmpv6.tooBig ? data.readUInt32BE(at + 4) : null;
  if (type !== icmp.unreachable || code !== icmp.fragmentationNeeded) return null;
  return data.readUInt16BE(at + 6) || null;
}

const deepest = 4;

/** Of the quoted packet little is there by design: its ports are enough. In a tunnel, the inner packet's. */
function quotedTuple(data: Buffer, quoteAt: number): Tuple | undefined {
  const quoted = emptyIpHeader();
  const tunnel = emptyTunnel();
  let at = quoteAt;
  for (let depth = 0; depth <= deepest; depth += 1) {
    if (readIpHeader(data, at, data.length - at, quoted) !== 'read') return undefined;
    const { protocol, payloadAt, addressesAt, version } = quoted;
    if (protocol === tcpProtocol) {
      if (data.length < payloadAt + 4) return undefined;
      return {
        src: formatAddress(data, addressesAt, version),
        dst: formatAddress(data, addressesAt + (version === 4 ? 4 : 16), version),
        sport: data.readUInt16BE(payloadAt),
        dport: data.readUInt16BE(payloadAt + 2),
      };
    }
    if (readTunnel(data, quoted, tunnel) !== 'read') return undefined;
    at = tunnel.innerAt;
  }
  return undefined;
}

const unreachable: Readonly<Record<number, string>> = {
  ...{ 0: 'network unreachable', 1: 'host unreachable', 2: 'protocol unreachable', 3: 'port unreachable' },
  ...{ 4: 'fragmentation needed', 9: 'network prohibited', 10: 'host prohibited', 13: 'prohibited' },
};
const unreachable6: Readonly<Record<number, string>> = {
  ...{ 0: 'no route', 1: 'prohibited', 3: 'address unreachable', 4: 'port unreachable' },
  ...{ 5: 'source address failed policy', 6: 'route rejected' },
};

/** What it says, in words; by its numbers where it has none. */
function meaningOf({ version, type, code, mtu }: IcmpError): string {
  const isUnreachable = type === (version === 4 ? icmp.unreachable : icmpv6.unreachable);
  const known = (version === 4 ? unreachable : unreachable6)[code];
  if (version === 6 && type === icmpv6.tooBig) return `packet too big, mtu ${mtu ?? 0}`;
  if (!isUnreachable) return code === 0 ? 'time exceeded in transit' : 'time exceeded in reassembly';
  const longest = mtu === null ? '' : `, mtu ${mtu}`;
  return `${known ?? `unreachable, code ${code}`}${longest}`;
}

/** @param at Microseconds since the epoch. */
export function icmpErrorEvent(
  at: number,
  link: LinkHeader,
  error: IcmpError,
  via: string | null,
  origin: PacketOrigin,
): IcmpErrorEvent {
  const { version, src, dst, type, code, mtu, tuple } = error;
  const name = origin.nameOf(link.interfaceIndex);
  const direction = link.direction ?? 'unknown';
  const text =
    `${name} ${directionWords[direction]} ${src} > ${dst}: ICMP${version === 6 ? '6' : ''} ${meaningOf(error)}, ` +
    `about ${tuple.src}.${tuple.sport} > ${tuple.dst}.${tuple.dport}${via === null ? '' : ` via ${via}`}`;
  return {
    event: 'icmp-error',
    at: formatMicros(Math.floor(at)),
    source: 'capture',
    ...{ text, node: origin.node, file: origin.file, interface: name, direction },
    ...{ src, dst, type, code, mtu, tuple },
  };
}
