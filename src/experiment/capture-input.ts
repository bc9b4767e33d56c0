// The bytes of a capture, wherever they come from: a file or a pipe, as they are or compressed.
import { createReadStream } from 'node:fs';
import { basename, extname } from 'node:path';
import { Readable, type Duplex } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { compressionOf, magicLength, type Compression } from '../model/capture-magic.ts';
import { messageOf, Problem } from '../model/problem.ts';
import { standardInput } from '../run-folder/find-files.ts';
import { cutAtFrames } from './zstd-frames.ts';

export interface CaptureInput {
  readonly path: string;
  /** What the node is called that these are the packets of: the file's name without its endings. */
  readonly node: string;
  /** The bytes, unpacked, the first piece of at least four bytes where there are so many. Rejects with a usage Problem when the path cannot be read. */
  read(): AsyncGenerator<Buffer, undefined>;
  /** Why the bytes ended before their end; null when they did not. Of the last reading. */
  problem(): string | null;
}

const pieceSize = 1 << 18;

/** @param stdin What `-` stands for. */
export function captureInput(path: string, stdin: () => Readable): CaptureInput {
  let problem: string | null = null;
  const open = (): Readable =>
    path === standardInput ? stdin() : createReadStream(path, { highWaterMark: pieceSize });
  return {
    path,
    node: nodeNameOf(path),
    async *read() {
      problem = null;
      const raw = open();
      let failed: Error | undefined;
      raw.once('error', (error: Error) => {
        failed = error;
      });
      try {
        const { head, rest } = await beginningOf(raw);
        const packed = compressionOf(head);
        const all = joined(head, rest);
        if (packed === null) {
          yield* all;
          return undefined;
        }
        const unpacked = unpack(all, packed, (why) => (problem = why));
        const inner = await beginningOf(unpacked);
        yield* joined(inner.head, inner.rest);
      } catch (error) {
        if (error instanceof Problem) throw error;
        throw new Problem('usage', `${path} cannot be read: ${messageOf(failed ?? error)}.`, {
          cause: error,
        });
      } finally {
        raw.destroy();
      }
      return undefined;
    },
    problem: () => problem,
  };
}

/** `-` is called `stdin`; what a shell hands over as /dev/fd/63 is called `fd63`. */
function nodeNameOf(path: string): string {
  if (path === standardInput) return 'stdin';
  const descriptor = /^\/(?:dev|proc\/(?:self|[0-9]+))\/fd\/([0-9]+)$/.exec(path)?.[1];
  if (descriptor !== undefined) return `fd${descriptor}`;
  const name = basename(path).replace(/\.(gz|zst|zstd)$/i, '');
  return basename(name, extname(name));
}

/** What comes first until it can be told what it is, and what follows. */
async function beginningOf(
  stream: AsyncIterable<unknown>,
): Promise<{ head: Buffer; rest: AsyncIterator<unknown> }> {
  const rest: AsyncIterator<unknown> = stream[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  while (head.length < magicLength) {
    const next: IteratorResult<unknown, unknown> = await rest.next();
    if (next.done === true) break;
    if (Buffer.isBuffer(next.value))
      head = head.length === 0 ? next.value : Buffer.concat([head, next.value]);
  }
  return { head, rest };
}

async function* joined(head: Buffer, rest: AsyncIterator<unknown>): AsyncGenerator<Buffer, undefined> {
  if (head.length > 0) yield head;
  for (let next = await rest.next(); next.done !== true; next = await rest.next())
    if (Buffer.isBuffer(next.value)) yield next.value;
  return undefined;
}

/** What can be unpacked is; where it ends too early, or is damaged, it is said. */
async function* unpack(
  pieces: AsyncIterable<Buffer>,
  compression: Compression,
  onProblem: (why: string) => void,
): AsyncGenerator<Buffer> {
  // Piece by piece: as bytes, they would be put together again.
  const source = Readable.from(compression === 'zstd' ? cutAtFrames(pieces) : pieces, { highWaterMark: 1 });
  const unpacker: Duplex =
    compression === 'gzip'
      ? createGunzip({ chunkSize: pieceSize })
      : createZstdDecompress({ chunkSize: pieceSize });
  let ofSource: Error | undefined;
  source.once('error', (error) => {
    ofSource = error;
    unpacker.destroy(error);
  });
  source.pipe(unpacker);
  try {
    for await (const piece of unpacker) if (Buffer.isBuffer(piece)) yield piece;
  } catch (error) {
    if (ofSource !== undefined) throw ofSource;
    const isCut = error instanceof Error && 'code' in error && error.code === 'Z_BUF_ERROR';
    onProblem(
      isCut
        ? `its ${compression} data is cut off`
        : `its ${compression} data is damaged; what follows cannot be read`,
    );
  } finally {
    source.destroy();
  }
}
