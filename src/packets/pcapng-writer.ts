// Writes pcapng, with what is to be said of a packet as its comment: Wireshark shows it on the packet.
// Format: https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-02.html
import { pcapngMagic } from '../model/capture-magic.ts';
import type { CaptureRecord } from './record-reader.ts';

export interface PcapngWriter {
  /** The blocks that add this packet to the file: its own, and that of its interface where it is the first of it. */
  packet(record: CaptureRecord, origin: string, comments: readonly string[]): Buffer;
}

const blockTypes = { interface: 1, enhancedPacket: 6 } as const;
const options = { end: 0, comment: 1, name: 2, resolution: 9, application: 4, flags: 2 } as const;
/** Time stamps are in nanoseconds, as the finest captures have them. */
const digits = 9;
/** An option's length has 16 bits. */
const longestComment = 60_000;

/** The block that a file begins with. */
export function pcapngHead(application: string): Buffer {
  const fixed = Buffer.alloc(16);
  fixed.writeUInt32LE(0x1a2b3c4d, 0);
  fixed.writeUInt16LE(1, 4);
  // The section's length is not known.
  fixed.fill(0xff, 8);
  return block(pcapngMagic, [fixed, ...optionList([[options.application, Buffer.from(application)]])]);
}

export function createPcapngWriter(): PcapngWriter {
  const interfaces = new Map<string, number>();
  return {
    packet(record, origin, comments) {
      const { at, linkType, interfaceName, direction, comment, data, wireLength } = record;
      const name = interfaceName === null ? origin : `${interfaceName} of ${origin}`;
      const key = `${linkType} ${name}`;
      const known = interfaces.get(key);
      const index = known ?? interfaces.size;
      interfaces.set(key, index);
      // The fraction of a microsecond apart: together they are more than a double holds.
      const nanos = BigInt(Math.floor(at)) * 1_000n + BigInt(Math.round((at - Math.floor(at)) * 1_000));
      const fixed = Buffer.alloc(20);
      fixed.writeUInt32LE(index, 0);
      fixed.writeUInt32LE(Number(nanos >> 32n), 4);
      fixed.writeUInt32LE(Number(nanos & 0xffff_ffffn), 8);
      fixed.writeUInt32LE(data.length, 12);
      fixed.writeUInt32LE(wireLength, 16);
      const list: [number, Buffer][] = [];
      if (comment !== null) list.push([options.comment, comment.subarray(0, longestComment)]);
      for (const text of comments)
        list.push([options.comment, Buffer.from(text).subarray(0, longestComment)]);
      if (direction !== null) list.push([options.flags, Buffer.from([direction === 'in' ? 1 : 2, 0, 0, 0])]);
      const body = [fixed, padded(data), ...optionList(list)];
      const own = block(blockTypes.enhancedPacket, body);
      return known === undefined ? Buffer.concat([interfaceBlock(linkType, name), own]) : own;
    },
  };
}

function interfaceBlock(linkType: number, name: string): Buffer {
  const fixed = Buffer.alloc(8);
  fixed.writeUInt16LE(linkType, 0);
  const list: [number, Buffer][] = [
    [options.name, Buffer.from(name)],
    [options.resolution, Buffer.from([digits])],
  ];
  return block(blockTypes.interface, [fixed, ...optionList(list)]);
}

function optionList(list: readonly (readonly [code: number, value: Buffer])[]): Buffer[] {
  if (list.length === 0) return [];
  const head = (code: number, length: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt16LE(code, 0);
    bytes.writeUInt16LE(length, 2);
    return bytes;
  };
  return [
    ...list.flatMap(([code, value]) => [head(code, value.length), padded(value)]),
    head(options.end, 0),
  ];
}

function block(type: number, body: readonly Buffer[]): Buffer {
  const length = 12 + body.reduce((sum, part) => sum + part.length, 0);
  const head = Buffer.alloc(8);
  head.writeUInt32LE(type, 0);
  head.writeUInt32LE(length, 4);
  const tail = Buffer.alloc(4);
  tail.writeUInt32LE(length, 0);
  return Buffer.concat([head, ...body, tail]);
}

const padded = (bytes: Buffer): Buffer =>
  bytes.length % 4 === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(4 - (bytes.length % 4))]);
