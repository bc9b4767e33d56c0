// Packets made by hand for tests of what is kept.
import type { CapturedPacket } from '../../src/packets/captured-packet.ts';
import { tcpFlags, type TcpPacket } from '../../src/packets/tcp-packet.ts';
import { flowOf } from '../../src/packets/way.ts';

export interface Wanted extends Partial<TcpPacket> {
  /** Seconds. */
  readonly at: number;
  readonly sport?: number;
  readonly seenBefore?: number;
  readonly bytes?: number;
}

/** A packet of 10.0.0.1:sport to 10.0.0.2:80 with data, unless said otherwise. */
export function madePacket({
  at,
  sport = 1_000,
  seenBefore = 0,
  bytes = 100,
  ...wanted
}: Wanted): CapturedPacket {
  const tcp: TcpPacket = {
    way: Buffer.from([10, 0, 0, 1, 10, 0, 0, 2, sport >> 8, sport & 255, 0, 80]).toString('latin1'),
    flags: tcpFlags.push | tcpFlags.ack,
    seq: Math.round(at * 1_000) + sport * 100_000,
    ack: 1,
    window: 64,
    ttl: 64,
    ipId: 1,
    dontFragment: true,
    ipLength: 60,
    payloadLength: 8,
    hasTimestampOption: true,
    timestamp: 1,
    ...wanted,
  };
  const link = { interfaceIndex: 2, direction: 'in', addresses: 1, length: 20 } as const;
  return {
    at: at * 1e6,
    link,
    tcp,
    flow: flowOf(tcp.way),
    seenBefore,
    via: null,
    comment: null,
    record: Buffer.alloc(bytes),
  };
}

export const madeReset = (at: number, sport?: number): CapturedPacket =>
  madePacket({ at, flags: tcpFlags.rst, payloadLength: 0, ...(sport === undefined ? {} : { sport }) });
