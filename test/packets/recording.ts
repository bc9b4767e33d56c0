// A recorded capture of node-1: one connection that a route-table conflict ended, its 14 packets on three interfaces.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readTcp, type CapturedPacket } from '../../src/packets/captured-packet.ts';
import { createPcapReader, type PcapHeader, type PcapRecord } from '../../src/packets/pcap-reader.ts';
import { createRetransmissionCounter } from '../../src/packets/retransmissions.ts';
import { flowOf } from '../../src/packets/way.ts';

export const recorded = (name: string): Buffer =>
  readFileSync(resolve(import.meta.dirname, '../recorded/observe', name));

export interface ReadCapture {
  readonly header: PcapHeader | undefined;
  readonly records: readonly PcapRecord[];
  readonly problem: string | null;
}

/** Reads a capture whole, in pieces of `size` bytes. */
export function readCapture(bytes: Buffer, size = bytes.length): ReadCapture {
  let header: PcapHeader | undefined;
  const records: PcapRecord[] = [];
  const reader = createPcapReader({
    onHeader: (read) => (header = read),
    onRecord: (record) => records.push(record),
  });
  for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
  return { header, records, problem: reader.problem() };
}

/** The packets of a recording, parsed. */
export function recordedPackets(name = 'looped-flow.pcap'): CapturedPacket[] {
  const { header, records } = readCapture(recorded(name));
  const retransmissions = createRetransmissionCounter();
  return records.flatMap((record) => {
    const layers = readTcp(header?.linkType ?? -1, record);
    if (layers === undefined) return [];
    const { link, tcp, via } = layers;
    const seenBefore = retransmissions.seenBefore(record.at, link, tcp);
    const packet = { at: record.at, link, tcp, flow: flowOf(tcp.way), seenBefore, via, comment: null };
    return [{ ...packet, record: record.bytes }];
  });
}
