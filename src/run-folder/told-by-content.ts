// What a file is, by its first bytes: what others recorded has any name.
import { open } from 'node:fs/promises';
import { constants, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { compressionOf, isCaptureHead, skippableLength } from '../model/capture-magic.ts';

/** `packed`: compressed, and no capture. `text`: it begins like an event. `other` is none of them. */
export type FileContent = 'capture' | 'text' | 'packed' | 'empty' | 'other';

/** Of a compressed file as much as its first block may need. */
const headLength = 1 << 18;

/** Rejects when the file cannot be read. */
export async function contentOf(path: string): Promise<FileContent> {
  const head = await headOf(path, 64);
  if (head.length === 0) return 'empty';
  if (isCaptureHead(head)) return 'capture';
  if (compressionOf(head) !== null)
    return isCaptureHead(unpacked(await headOfData(path))) ? 'capture' : 'packed';
  return /^\s*\{/.test(head.toString('latin1')) ? 'text' : 'other';
}

/** Of what is compressed, behind frames that hold no data. */
async function headOfData(path: string): Promise<Buffer> {
  let from = 0;
  let head = await headOf(path, headLength);
  for (let length = skippableLength(head); length > 0; length = skippableLength(head)) {
    from += length;
    head = await headOf(path, headLength, from);
  }
  return head;
}

async function headOf(path: string, length: number, from = 0): Promise<Buffer> {
  const file = await open(path);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, from);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** As much as the beginning of a compressed file gives; nothing where it is damaged. */
function unpacked(head: Buffer): Buffer {
  try {
    return compressionOf(head) === 'gzip'
      ? gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH })
      : zstdDecompressSync(head, { finishFlush: constants.ZSTD_e_flush });
  } catch {
    return Buffer.alloc(0);
  }
}
