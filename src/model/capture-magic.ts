// By which first bytes captures and compressed files are known, whatever they are called.

/** A pcapng file's first block, the same in both byte orders. */
export const pcapngMagic = 0x0a0d0d0a;
/** Those of pcap as they stand in the file, read as a big-endian word: microseconds and nanoseconds, both byte orders. */
const pcapMagics: readonly number[] = [0xa1b2c3d4, 0xd4c3b2a1, 0xa1b23c4d, 0x4d3cb2a1];

/** As many bytes are needed to tell. */
export const magicLength = 4;

export const isCaptureHead = (head: Buffer): boolean =>
  head.length >= magicLength &&
  (head.readUInt32BE(0) === pcapngMagic || pcapMagics.includes(head.readUInt32BE(0)));

export type Compression = 'gzip' | 'zstd';

/** Null for what is not compressed by one of the two. */
export function compressionOf(head: Buffer): Compression | null {
  if (head.length >= 2 && head.readUInt16BE(0) === 0x1f8b) return 'gzip';
  if (head.length < magicLength) return null;
  return isSkippable(head) || head.readUInt32BE(0) === 0x28b52ffd ? 'zstd' : null;
}

/** A frame of zstd for others to use, which pzstd and seekable files have before the first that holds data (RFC 8878, section 3.1.2). */
const isSkippable = (head: Buffer): boolean => head.readUInt32LE(0) >>> 4 === 0x184d2a5;

/** The length of the frame that is to be passed over; 0 where there is none, or too little of it. */
export const skippableLength = (head: Buffer): number =>
  head.length >= 8 && isSkippable(head) ? 8 + head.readUInt32LE(4) : 0;
