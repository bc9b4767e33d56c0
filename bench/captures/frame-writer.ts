// Writes a pcap file of TCP packets, fast enough that a benchmark's half gigabyte is made while one waits.
import { closeSync, openSync, writeSync } from 'node:fs';

/** Where packets go from and to on one leg of their way: as 10.x.y.z, or fd00::x.y.z in IPv6, of the 24 bits given. */
export interface Leg {
  readonly family: 4 | 6;
  readonly client: number;
  readonly clientPort: number;
  readonly server: number;
  readonly serverPort: number;
  /** What a packet has lost of its hops by the time that it comes by here. */
  readonly hops: number;
}

interface Segment {
  readonly toClient: boolean;
  readonly flags: number;
  readonly seq: number;
  readonly ack: number;
  readonly window: number;
  readonly ipId: number;
  /** TSval; null without the option. */
  readonly stamp: number | null;
  readonly payload: number;
}

export interface FrameWriter {
  /** @param at Microseconds since the epoch. */
  write(at: number, leg: Leg, segment: Segment): void;
  readonly bytes: number;
  readonly packets: number;
  end(): void;
}

const pieceSize = 4 * 1_048_576;
/** A record's head, Ethernet, IPv6, TCP with options, and the longest payload. */
const longest = 16 + 14 + 40 + 32 + 1_448;

export function createFrameWriter(path: string): FrameWriter {
  const file = openSync(path, 'w');
  const piece = Buffer.alloc(pieceSize, 'what goes over the wire is nobody’s concern here. ');
  let at = 0;
  let [written, packets] = [0, 0];
  const flush = () => {
    for (let from = 0; from < at;) from += writeSync(file, piece, from, at - from);
    written += at;
    at = 0;
  };
  at = piece.writeUInt32LE(0xa1b2c3d4, at);
  at = piece.writeUInt16LE(2, at);
  at = piece.writeUInt16LE(4, at);
  at = piece.writeUInt32LE(0, at);
  at = piece.writeUInt32LE(0, at);
  at = piece.writeUInt32LE(262_144, at);
  at = piece.writeUInt32LE(1, at);

  return {
    write(stamp, leg, segment) {
      if (at + longest > pieceSize) flush();
      packets += 1;
      const tcpLength = segment.stamp === null ? 20 : 32;
      const ipLength = (leg.family === 4 ? 20 : 40) + tcpLength + segment.payload;
      at = piece.writeUInt32LE(Math.floor(stamp / 1e6), at);
      at = piece.writeUInt32LE(Math.floor(stamp % 1e6), at);
      at = piece.writeUInt32LE(14 + ipLength, at);
      at = piece.writeUInt32LE(14 + ipLength, at);
      const way = segment.toClient ? 2 : 1;
      at = piece.writeUInt32BE(0x0200_0000, at);
      at = piece.writeUInt16BE(way, at);
      at = piece.writeUInt32BE(0x0200_0000, at);
      at = piece.writeUInt16BE(3 - way, at);
      at = piece.writeUInt16BE(leg.family === 4 ? 0x0800 : 0x86dd, at);
      const [src, dst] = segment.toClient ? [leg.server, leg.client] : [leg.client, leg.server];
      at = leg.family === 4 ? ipv4(src, dst, ipLength, leg, segment) : ipv6(src, dst, ipLength, leg);
      const [sport, dport] = segment.toClient
        ? [leg.serverPort, leg.clientPort]
        : [leg.clientPort, leg.serverPort];
      at = piece.writeUInt16BE(sport, at);
      at = piece.writeUInt16BE(dport, at);
      at = piece.writeUInt32BE(segment.seq >>> 0, at);
      at = piece.writeUInt32BE(segment.ack >>> 0, at);
      at = piece.writeUInt16BE((tcpLength << 10) | segment.flags, at);
      at = piece.writeUInt16BE(segment.window, at);
      at = piece.writeUInt32BE(0, at);
      if (segment.stamp !== null) {
        at = piece.writeUInt32BE(0x0101_080a, at);
        at = piece.writeUInt32BE(segment.stamp >>> 0, at);
        at = piece.writeUInt32BE(0, at);
      }
      at += segment.payload;
    },
    get bytes() {
      return written + at;
    },
    get packets() {
      return packets;
    },
    end() {
      flush();
      closeSync(file);
    },
  };

  function ipv4(src: number, dst: number, length: number, { hops }: Leg, { ipId }: Segment): number {
    let to = piece.writeUInt16BE(0x4500, at);
    to = piece.writeUInt16BE(length, to);
    to = piece.writeUInt16BE(ipId & 0xffff, to);
    to = piece.writeUInt16BE(0x4000, to);
    to = piece.writeUInt16BE(((64 - hops) << 8) | 6, to);
    to = piece.writeUInt16BE(0, to);
    to = piece.writeUInt32BE(0x0a00_0000 + src, to);
    return piece.writeUInt32BE(0x0a00_0000 + dst, to);
  }

  function ipv6(src: number, dst: number, length: number, { hops }: Leg): number {
    let to = piece.writeUInt32BE(0x6000_0000, at);
    to = piece.writeUInt16BE(length - 40, to);
    to = piece.writeUInt16BE(0x0600 | (64 - hops), to);
    for (const address of [src, dst]) {
      to = piece.writeUInt32BE(0xfd00_0000, to);
      to = piece.writeUInt32BE(0, to);
      to = piece.writeUInt32BE(0, to);
      to = piece.writeUInt32BE(address, to);
    }
    return to;
  }
}
