// Captures made byte by byte, for tests that need to know exactly what is in them.
import { tcpFlags } from '../../src/packets/tcp-packet.ts';

export interface MadeFrame {
  readonly family?: 4 | 6;
  /** Last byte of the addresses 10.0.0.x or fd00::x. */
  readonly src?: number;
  readonly dst?: number;
  readonly sport?: number;
  readonly dport?: number;
  readonly seq: number;
  readonly flags?: number;
  readonly payload?: number;
  readonly ttl?: number;
  readonly ipId?: number;
  /** Value of the timestamp option; none without it. */
  readonly stamp?: number;
  /** Last bytes of the MAC addresses. */
  readonly macs?: readonly [to: number, from: number];
}

/** An Ethernet frame with TCP in it. */
export function madeFrame(wanted: MadeFrame): Buffer {
  const { family = 4, src = 1, dst = 2, sport = 1_000, dport = 80, payload = 0, ttl = 64 } = wanted;
  const { seq, flags = tcpFlags.ack, ipId = 1, stamp, macs = [1, 2] } = wanted;
  const tcp = Buffer.alloc(20 + (stamp === undefined ? 0 : 12));
  tcp.writeUInt16BE(sport, 0);
  tcp.writeUInt16BE(dport, 2);
  tcp.writeUInt32BE(seq, 4);
  tcp.writeUInt32BE(1, 8);
  tcp[12] = (tcp.length / 4) << 4;
  tcp[13] = flags;
  tcp.writeUInt16BE(64, 14);
  if (stamp !== undefined) {
    tcp.set([1, 1, 8, 10], 20);
    tcp.writeUInt32BE(stamp, 24);
  }
  const data = Buffer.alloc(payload, 0x61);
  const length = tcp.length + payload;
  const ip = family === 4 ? ipv4(length, src, dst, ttl, ipId) : ipv6(length, src, dst, ttl);
  const link = Buffer.from([2, 0, 0, 0, 0, macs[0], 2, 0, 0, 0, 0, macs[1], ...etherType(family)]);
  return Buffer.concat([link, ip, tcp, data]);
}

const etherType = (family: 4 | 6) => (family === 4 ? [0x08, 0x00] : [0x86, 0xdd]);

function ipv4(length: number, src: number, dst: number, ttl: number, ipId: number): Buffer {
  const ip = Buffer.alloc(20);
  ip[0] = 0x45;
  // Too long for the field, as BIG TCP and offloading make them, it is 0.
  ip.writeUInt16BE(20 + length > 0xffff ? 0 : 20 + length, 2);
  ip.writeUInt16BE(ipId, 4);
  ip[6] = 0x40;
  ip[8] = ttl;
  ip[9] = 6;
  ip.set([10, 0, 0, src], 12);
  ip.set([10, 0, 0, dst], 16);
  return ip;
}

function ipv6(length: number, src: number, dst: number, ttl: number): Buffer {
  const ip = Buffer.alloc(40);
  ip[0] = 0x60;
  ip.writeUInt16BE(length, 4);
  ip[6] = 6;
  ip[7] = ttl;
  for (const [offset, last] of [
    [8, src],
    [24, dst],
  ] as const) {
    ip[offset] = 0xfd;
    ip[offset + 15] = last;
  }
  return ip;
}

/** The same packet as `tcpdump -i any` writes it: Linux cooked, version 1, or version 2 with the interface's index. */
export function cooked(frame: Buffer, direction: 'in' | 'out', interfaceIndex?: number): Buffer {
  const type = direction === 'out' ? 4 : 0;
  const sender = [...frame.subarray(6, 12), 0, 0];
  const protocol = [...frame.subarray(12, 14)];
  const link =
    interfaceIndex === undefined
      ? [0, type, 0, 1, 0, 6, ...sender, ...protocol]
      : [...protocol, 0, 0, 0, 0, 0, interfaceIndex, 0, 1, type, 6, ...sender];
  return Buffer.concat([Buffer.from(link), frame.subarray(14)]);
}

export interface MadeRecord {
  /** Seconds since the epoch. */
  readonly at: number;
  readonly data: Buffer;
  /** As much of it as was captured; default: all. */
  readonly captured?: number;
  /** pcapng: which of the interfaces. */
  readonly from?: number;
}

/** A pcap file, little-endian, in microseconds. */
export function madePcap(records: readonly MadeRecord[], linkType = 1, snapLength = 262_144): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(snapLength, 16);
  header.writeUInt32LE(linkType, 20);
  return Buffer.concat([
    header,
    ...records.flatMap(({ at, data, captured = data.length }) => {
      const micros = Math.round(at * 1e6);
      const head = Buffer.alloc(16);
      head.writeUInt32LE(Math.floor(micros / 1e6), 0);
      head.writeUInt32LE(micros % 1e6, 4);
      head.writeUInt32LE(captured, 8);
      head.writeUInt32LE(data.length, 12);
      return [head, data.subarray(0, captured)];
    }),
  ]);
}

/** The block types of pcapng that hold packets. */
export const packetBlocks = { obsolete: 2, simple: 3, enhanced: 6 } as const;

/** A pcapng file, little-endian, in microseconds: a section, its interfaces (name or null), its packets. */
export function madePcapng(
  interfaces: readonly (string | null)[],
  records: readonly MadeRecord[],
  blockType: number = packetBlocks.enhanced,
): Buffer {
  const section = Buffer.alloc(16);
  section.writeUInt32LE(0x1a2b3c4d, 0);
  section.writeUInt16LE(1, 4);
  section.fill(0xff, 8);
  return Buffer.concat([
    block(0x0a0d0d0a, section),
    ...interfaces.map((name) => block(1, describeInterface(name))),
    ...records.map((record) => block(blockType, packetBody(record, blockType))),
  ]);
}

function describeInterface(name: string | null): Buffer {
  const fixed = Buffer.from([1, 0, 0, 0, 0, 0, 4, 0]);
  if (name === null) return fixed;
  const option = Buffer.alloc(4);
  option.writeUInt16LE(2, 0);
  option.writeUInt16LE(name.length, 2);
  return Buffer.concat([fixed, option, padded(Buffer.from(name)), Buffer.alloc(4)]);
}

function packetBody({ at, data, captured = data.length, from = 0 }: MadeRecord, blockType: number): Buffer {
  const bytes = padded(data.subarray(0, captured));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(data.length, 0);
  if (blockType === packetBlocks.simple) return Buffer.concat([length, bytes]);
  const micros = BigInt(Math.round(at * 1e6));
  const head = Buffer.alloc(20);
  if (blockType === packetBlocks.enhanced) head.writeUInt32LE(from, 0);
  else head.writeUInt16LE(from, 0);
  head.writeUInt32LE(Number(micros >> 32n), 4);
  head.writeUInt32LE(Number(micros & 0xffffffffn), 8);
  head.writeUInt32LE(captured, 12);
  head.writeUInt32LE(data.length, 16);
  return Buffer.concat([head, bytes]);
}

function block(type: number, body: Buffer): Buffer {
  const head = Buffer.alloc(8);
  const length = Buffer.alloc(4);
  head.writeUInt32LE(type, 0);
  head.writeUInt32LE(body.length + 12, 4);
  length.writeUInt32LE(body.length + 12, 0);
  return Buffer.concat([head, body, length]);
}

const padded = (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
