// The packets of a capture file of whichever format, pcap or pcapng, as it tells by its first bytes.
import { pcapngMagic } from '../model/capture-magic.ts';
import { createPcapReader } from './pcap-reader.ts';
import { createPcapngReader } from './pcapng-reader.ts';

export interface CaptureRecord {
  /** Microseconds since the Unix epoch. */
  readonly at: number;
  readonly linkType: number;
  /** Null where only the link layer may tell. */
  readonly interfaceName: string | null;
  readonly direction: 'in' | 'out' | null;
  /** What is written beside it, UTF-8; null for nothing. */
  readonly comment: Buffer | null;
  /** What was captured, from the link layer on: a view into the piece that it came in. */
  readonly data: Buffer;
  /** Bytes that the packet had on the wire. */
  readonly wireLength: number;
}

export interface RecordReader {
  /** Takes the next piece; whole packets in it are handed out before it returns. Never throws on what it reads. */
  push(chunk: Buffer): void;
  /** What could not be read of the format, a sentence each. */
  limits(): string[];
}

export function createRecordReader(onRecord: (record: CaptureRecord) => void): RecordReader {
  let linkType = -1;
  const pcap = createPcapReader({
    onHeader: (header) => (linkType = header.linkType),
    onRecord: ({ at, data, wireLength }) =>
      onRecord({ at, linkType, interfaceName: null, direction: null, comment: null, data, wireLength }),
  });
  const pcapng = createPcapngReader(({ at, from, direction, comment, data, wireLength }) =>
    onRecord({ at, linkType: from.linkType, interfaceName: from.name, direction, comment, data, wireLength }),
  );
  let head: Buffer = Buffer.alloc(0);
  let reader: typeof pcap | undefined;
  return {
    push(chunk) {
      if (reader === undefined) {
        head = Buffer.concat([head, chunk]);
        if (head.length < 4) return;
        reader = head.readUInt32BE(0) === pcapngMagic ? pcapng : pcap;
        reader.push(head);
      } else {
        reader.push(chunk);
      }
    },
    limits() {
      const { timeless, leftOut } = pcapng;
      return [
        (reader ?? pcap).problem(),
        timeless > 0 && `${timeless} packets have no time of their own, and are known by their order alone`,
        leftOut.broken > 0 && `${leftOut.broken} packets have no interface, or are shorter than they say`,
      ].filter((limit) => typeof limit === 'string');
    },
  };
}
