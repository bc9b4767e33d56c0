// Reads the pcap file format piece by piece, as it comes from a program or a file that may be cut off anywhere.

/** What the file says of all its packets. */
export interface PcapHeader {
  /** LINKTYPE_ number: https://www.tcpdump.org/linktypes.html */
  readonly linkType: number;
  readonly snapLength: number;
  readonly nanoseconds: boolean;
  readonly littleEndian: boolean;
  /** The 24 bytes as they came; a file that begins with them may go on with any `PcapRecord.bytes`. */
  readonly bytes: Buffer;
}

export interface PcapRecord {
  /** Microseconds since the Unix epoch, with the file's fraction of a microsecond as far as a double holds it (1/4 µs). */
  readonly at: number;
  /** What was captured, from the link layer on. */
  readonly data: Buffer;
  /** Bytes that the packet had on the wire. */
  readonly wireLength: number;
  /** The record as it came, header included. */
  readonly bytes: Buffer;
}

/** Its bytes are a view that few ask for. */
class ReadRecord implements PcapRecord {
  readonly at: number;
  readonly data: Buffer;
  readonly wireLength: number;

  constructor(at: number, data: Buffer, wireLength: number) {
    this.at = at;
    this.data = data;
    this.wireLength = wireLength;
  }

  /** The header stands right before the data, in one piece with it. */
  get bytes(): Buffer {
    const { buffer, byteOffset, length } = this.data;
    return Buffer.from(buffer, byteOffset - recordHeaderLength, recordHeaderLength + length);
  }
}

export interface PcapReader {
  /** Takes the next piece; whole packets in it are handed out before it returns. */
  push(chunk: Buffer): void;
  /** Null as long as all that came can be read; otherwise why the rest, or the end, cannot. */
  problem(): string | null;
}

/** Called in this order: once the header, then each packet. */
export interface PcapHandlers {
  onHeader(header: PcapHeader): void;
  onRecord(record: PcapRecord): void;
}

const fileHeaderLength = 24;
const recordHeaderLength = 16;
/** libpcap's MAXIMUM_SNAPLEN; a longer record means that we no longer stand at a record's beginning, unless the file says that it has such. */
const usuallyLongest = 262_144;
const everLongest = 16 * 1_048_576;

/** A reader for the format of pcap-savefile(5), both byte orders, microseconds and nanoseconds. Never throws on what it reads. */
export function createPcapReader(handlers: PcapHandlers): PcapReader {
  // What was read of it stands before `from`.
  let rest: Buffer = Buffer.alloc(0);
  let from = 0;
  let header: PcapHeader | undefined;
  let broken: string | null = null;

  const readHeader = () => {
    if (rest.length < fileHeaderLength) return;
    const bytes = rest.subarray(0, fileHeaderLength);
    from = fileHeaderLength;
    const read = parseHeader(bytes);
    if (typeof read === 'string') broken = read;
    else {
      header = read;
      handlers.onHeader(read);
    }
  };

  /** False when the next record has not come whole yet. */
  const readRecord = ({ littleEndian, nanoseconds, snapLength }: PcapHeader): boolean => {
    const dataAt = from + recordHeaderLength;
    if (rest.length < dataAt) return false;
    const word = (offset: number) => wordAt(rest, from + offset, littleEndian);
    const captured = word(8);
    if (captured > Math.max(usuallyLongest, Math.min(snapLength, everLongest))) {
      broken = `a record of ${captured} bytes is longer than any packet; what follows cannot be read`;
      return false;
    }
    const at = word(0) * 1_000_000 + (nanoseconds ? word(4) / 1_000 : word(4));
    const wireLength = word(12);
    if (rest.length < dataAt + captured) return false;
    from = dataAt + captured;
    handlers.onRecord(new ReadRecord(at, rest.subarray(dataAt, from), wireLength));
    return true;
  };

  /** Reads the record that began in the piece before: of the new one no more is copied than ends it. Returns what is left. */
  const endBegun = (chunk: Buffer): Buffer => {
    let next = chunk;
    while (rest.length > 0 && next.length > 0 && header !== undefined && broken === null) {
      const { littleEndian } = header;
      const captured = rest.length < recordHeaderLength ? 0 : wordAt(rest, 8, littleEndian);
      const missing = Math.min(next.length, recordHeaderLength + captured - rest.length);
      rest = Buffer.concat([rest, next.subarray(0, missing)]);
      next = next.subarray(missing);
      if (!readRecord(header)) continue;
      rest = rest.subarray(from);
      from = 0;
    }
    return next;
  };

  return {
    push(chunk) {
      if (broken !== null) return;
      const next = endBegun(chunk);
      rest = rest.length === 0 ? next : Buffer.concat([rest, next]);
      from = 0;
      if (header === undefined) readHeader();
      if (header !== undefined) while (readRecord(header));
      rest = rest.subarray(from);
      from = 0;
    },
    problem() {
      if (broken !== null) return broken;
      if (header === undefined) {
        return rest.length === 0 ? 'the capture is empty' : 'the capture ends within its header';
      }
      return rest.length === 0
        ? null
        : `the capture ends within a packet; its last ${rest.length} bytes are left out`;
    },
  };
}

const wordAt = (bytes: Buffer, at: number, littleEndian: boolean): number =>
  littleEndian ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);

function parseHeader(bytes: Buffer): PcapHeader | string {
  const known = magics.get(bytes.readUInt32BE(0));
  if (known === undefined) return 'this is no pcap file';
  const word = (offset: number) =>
    known.littleEndian ? bytes.readUInt32LE(offset) : bytes.readUInt32BE(offset);
  // The upper bits of the link type's word are flags about frame check sequences.
  return { ...known, linkType: word(20) & 0xffff, snapLength: word(16), bytes };
}

const magics = new Map<number, { nanoseconds: boolean; littleEndian: boolean }>([
  [0xa1b2c3d4, { nanoseconds: false, littleEndian: false }],
  [0xd4c3b2a1, { nanoseconds: false, littleEndian: true }],
  [0xa1b23c4d, { nanoseconds: true, littleEndian: false }],
  [0x4d3cb2a1, { nanoseconds: true, littleEndian: true }],
]);
