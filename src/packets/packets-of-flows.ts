// Finds the packets of some connections in a capture, with all their bytes: what was kept of them before is their beginning only.
import { createLayers } from './layers.ts';
import { createRecordReader, type CaptureRecord, type RecordReader } from './record-reader.ts';
import { formatFlags, readTcpHeader, type TcpPacket } from './tcp-packet.ts';
import { tupleOf } from './way.ts';
import type { PacketEvent, Tuple } from '../model/node-event.ts';

/** Which connections, whichever way their packets go. */
export interface Flows {
  has(tuple: Tuple): boolean;
}

export function flowsOf(tuples: Iterable<Tuple>): Flows {
  const keys = new Set([...tuples].map(pairKey));
  return { has: (tuple) => keys.has(pairKey(tuple)) };
}

/** The two endpoints in an order that does not depend on the direction. */
export function pairKey({ src, sport, dst, dport }: Tuple): string {
  const from = `${src}:${sport}`;
  const to = `${dst}:${dport}`;
  return from < to ? `${from} ${to}` : `${to} ${from}`;
}

/** Hands out the packets of `flows` in a capture that is pushed piece by piece. */
export function createFlowFilter(
  flows: Flows,
  onPacket: (record: CaptureRecord, packet: TcpPacket) => void,
): RecordReader {
  const layers = createLayers();
  return createRecordReader((record) => {
    if (layers.walk(record.linkType, record.data, record.wireLength) !== 'tcp') return;
    const tcp = readTcpHeader(record.data, layers.ip);
    if (tcp !== undefined && flows.has(tupleOf(tcp.way))) onPacket(record, tcp);
  });
}

/** What tells a packet from all others of a capture but its copies on other interfaces; alike for the packet and its event. */
export const identityOf = (packet: TcpPacket | PacketEvent): string => {
  const { seq, ack, flags, payloadLength, ipId, ttl } = packet;
  const { src, sport, dst, dport } = 'way' in packet ? tupleOf(packet.way) : packet.tuple;
  const letters = typeof flags === 'number' ? formatFlags(flags) : flags;
  return `${src} ${sport} ${dst} ${dport} ${seq} ${ack} ${letters} ${payloadLength} ${ipId} ${ttl}`;
};
