// Reads the pcapng file format piece by piece, as far as TCP needs it: sections, interfaces and packets.
// Format: https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-02.html

import { pcapngMagic } from '../model/capture-magic.ts';

interface PcapngInterface {
  /** LINKTYPE_ number: https://www.tcpdump.org/linktypes.html */
  readonly linkType: number;
  /** `if` and its number in the section when the file does not name it. */
  readonly name: string;
  /** Microseconds per unit of its time stamps, and what is to be added to them, microseconds. */
  readonly unit: number;
  readonly offset: number;
  /** 0: no bound. */
  readonly snapLength: number;
}

export interface PcapngPacket {
  /** Microseconds since the Unix epoch. */
  readonly at: number;
  readonly from: PcapngInterface;
  readonly direction: 'in' | 'out' | null;
  /** What is written beside it, UTF-8, one comment on each line; null for nothing. */
  readonly comment: Buffer | null;
  readonly data: Buffer;
  /** Bytes that the packet had on the wire. */
  readonly wireLength: number;
}

export interface PcapngReader {
  /** Takes the next piece; whole packets in it are handed out before it returns. */
  push(chunk: Buffer): void;
  /** Null as long as all that came can be read; otherwise why the rest, or the end, cannot. */
  problem(): string | null;
  /** Packets of blocks that have no time stamp: each has that of the packet before it, and a microsecond. */
  readonly timeless: number;
  /** Packets of an interface that was not described, or with more bytes than their block. */
  readonly leftOut: { readonly broken: number };
}

const sectionHeader = pcapngMagic;
const interfaceDescription = 1;
const simplePacket = 3;
const obsoletePacket = 2;
const enhancedPacket = 6;
/** Longer blocks are nobody's packet: we no longer stand at a block's beginning. */
const longestBlock = 16 * 1_048_576;

const optionComment = 1;
const optionName = 2;
const optionFlags = 2;
const optionResolution = 9;
const optionOffset = 14;

/** Never throws on what it reads. */
export function createPcapngReader(onPacket: (packet: PcapngPacket) => void): PcapngReader {
  let rest: Buffer = Buffer.alloc(0);
  let started = false;
  let littleEndian = true;
  let interfaces: PcapngInterface[] = [];
  let broken: string | null = null;
  let timeless = 0;
  const leftOut = { broken: 0 };

  const word = (bytes: Buffer, at: number) =>
    littleEndian ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
  const half = (bytes: Buffer, at: number) =>
    littleEndian ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);

  function* options(body: Buffer, from: number): Generator<[code: number, value: Buffer]> {
    for (let at = from; at + 4 <= body.length;) {
      const code = half(body, at);
      const length = half(body, at + 2);
      if (code === 0 || at + 4 + length > body.length) return;
      yield [code, body.subarray(at + 4, at + 4 + length)];
      at += 4 + padded(length);
    }
  }

  const describeInterface = (body: Buffer): PcapngInterface => {
    let name = `if${interfaces.length}`;
    let unit = 1;
    let offset = 0;
    for (const [code, value] of options(body, 8)) {
      const [first] = value;
      if (code === optionName) name = value.toString('utf8').replace(/\0+$/, '');
      // The highest bit tells whether it is a power of two or of ten.
      if (code === optionResolution && first !== undefined)
        unit = 1e6 / ((first & 0x80) === 0 ? 10 ** first : 2 ** (first & 0x7f));
      if (code === optionOffset && value.length === 8)
        offset = Number(littleEndian ? value.readBigInt64LE(0) : value.readBigInt64BE(0)) * 1e6;
    }
    return { linkType: half(body, 0), snapLength: word(body, 4), name, unit, offset };
  };

  /** Enhanced packets and those of the obsolete block differ in how wide the interface's number is. */
  let lastAt = 0;

  const readPacket = (body: Buffer, type: number) => {
    const whole = body.length >= 20;
    const captured = whole ? word(body, 12) : Number.POSITIVE_INFINITY;
    const from = whole ? interfaces[type === enhancedPacket ? word(body, 0) : half(body, 0)] : undefined;
    if (from === undefined || 20 + captured > body.length) {
      leftOut.broken += 1;
      return;
    }
    let direction: 'in' | 'out' | null = null;
    let comment: Buffer | null = null;
    const optionsAt = 20 + padded(captured);
    if (optionsAt + 4 <= body.length) {
      for (const [code, value] of options(body, optionsAt)) {
        if (code === optionComment) comment = comment === null ? value : bothOf(comment, value);
        if (code !== optionFlags || value.length !== 4) continue;
        const way = word(value, 0) & 3;
        direction = way === 1 ? 'in' : way === 2 ? 'out' : null;
      }
    }
    // Two words of 32 bits; the product stays exact enough: nanoseconds since 1970 lose a quarter of a microsecond in a double.
    const at = (word(body, 4) * 2 ** 32 + word(body, 8)) * from.unit + from.offset;
    lastAt = at;
    const data = body.subarray(20, 20 + captured);
    onPacket({ at, from, direction, comment, data, wireLength: word(body, 16) });
  };

  /** A packet of the first interface, with no time: nothing is known but that it came after the one before it. */
  const readSimplePacket = (body: Buffer) => {
    const [from] = interfaces;
    const wireLength = body.length >= 4 ? word(body, 0) : Number.NaN;
    if (from === undefined || Number.isNaN(wireLength)) {
      leftOut.broken += 1;
      return;
    }
    timeless += 1;
    lastAt += 1;
    const longest = from.snapLength === 0 ? wireLength : Math.min(wireLength, from.snapLength);
    const data = body.subarray(4, 4 + longest);
    onPacket({ at: lastAt, from, direction: null, comment: null, data, wireLength });
  };

  /** False when the next block has not come whole yet. */
  const readBlock = (): boolean => {
    if (broken !== null || rest.length < 12) return false;
    const isSection = rest.readUInt32BE(0) === sectionHeader;
    if (!started && !isSection) return stop('this is no pcapng file');
    if (isSection) {
      const magic = rest.readUInt32LE(8);
      if (magic !== 0x1a2b3c4d && magic !== 0x4d3c2b1a) return stop('a section has no byte-order magic');
      littleEndian = magic === 0x1a2b3c4d;
      started = true;
      interfaces = [];
    }
    const length = word(rest, 4);
    if (length > longestBlock || length < 12 || length % 4 !== 0)
      return stop(`a block of ${length} bytes is none; what follows cannot be read`);
    if (rest.length < length) return false;
    // The length stands at both ends of a block: where they differ one is wrong, and where the next block begins is not known.
    if (word(rest, length - 4) !== length)
      return stop('the lengths at the two ends of a block differ; what follows cannot be read');
    const type = word(rest, 0);
    const body = rest.subarray(8, length - 4);
    rest = rest.subarray(length);
    if (type === interfaceDescription && body.length >= 8) interfaces.push(describeInterface(body));
    else if (type === enhancedPacket || type === obsoletePacket) readPacket(body, type);
    else if (type === simplePacket) readSimplePacket(body);
    return true;
  };

  const stop = (why: string): false => {
    broken = why;
    return false;
  };

  return {
    push(chunk) {
      if (broken !== null) return;
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      while (readBlock());
    },
    problem() {
      if (broken !== null) return broken;
      if (rest.length > 0)
        return `the capture ends within a block; its last ${rest.length} bytes are left out`;
      return started ? null : 'the capture is empty';
    },
    get timeless() {
      return timeless;
    },
    leftOut,
  };
}

const bothOf = (first: Buffer, second: Buffer) => Buffer.concat([first, Buffer.from('\n'), second]);

/** Values stand at multiples of four bytes. */
const padded = (length: number) => (length + 3) & ~3;
