// What a capture says of retransmissions, and several captures put into one file.
import { readTcp } from '../../src/packets/captured-packet.ts';
import { createRetransmissionCounter } from '../../src/packets/retransmissions.ts';
import { tupleOf } from '../../src/packets/way.ts';
import { readCapture } from './recording.ts';

/** How often each address sent something again, by address. A packet on several interfaces is one. */
export function countRetransmissions(bytes: Buffer): Map<string, number> {
  const { header, records } = readCapture(bytes);
  const counter = createRetransmissionCounter();
  const again = new Map<string, Set<string>>();
  for (const record of records) {
    const layers = readTcp(header?.linkType ?? -1, record);
    if (layers === undefined) continue;
    const { link, tcp } = layers;
    const { src, sport, dst, dport } = tupleOf(tcp.way);
    const known = again.get(src) ?? new Set();
    again.set(src, known);
    const before = counter.seenBefore(record.at, link, tcp);
    if (before > 0) known.add(`${sport} ${dst} ${dport} ${tcp.seq} ${before}`);
  }
  return new Map([...again].map(([address, known]) => [address, known.size]));
}

/** The packets of several pcap files of one link type in one, in order of time, as mergecap writes them. */
export function merged(files: readonly Buffer[]): Buffer {
  const read = files.map((bytes) => readCapture(bytes));
  const records = read.flatMap(({ records: own }) => own).sort((a, b) => a.at - b.at);
  return Buffer.concat([read[0]?.header?.bytes ?? Buffer.alloc(0), ...records.map(({ bytes }) => bytes)]);
}
