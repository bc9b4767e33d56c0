// Captures that others made, as evidence of a node that is named like the file.
import { createReadStream } from 'node:fs';
import { basename, extname } from 'node:path';
import { messageOf, Problem } from '../model/problem.ts';
import type { PacketEvent } from '../model/node-event.ts';
import { createCaptureFile } from '../packets/capture-file.ts';

const pieceSize = 1 << 18;

/** Reads the files one after the other; one sentence for each says what was in it. Throws a usage Problem for one that cannot be read. */
export async function readCaptures(
  files: readonly string[],
  take: (event: PacketEvent) => void,
): Promise<string[]> {
  const notes: string[] = [];
  for (const path of files) {
    const capture = createCaptureFile({ node: basename(path, extname(path)), file: path }, take);
    try {
      for await (const piece of createReadStream(path, { highWaterMark: pieceSize })) {
        if (Buffer.isBuffer(piece)) capture.push(piece);
      }
    } catch (error) {
      throw new Problem('usage', `${path} cannot be read: ${messageOf(error)}.`, { cause: error });
    }
    const { packets, kept, limits } = capture.end();
    notes.push(
      [`${path}: ${packets} packets read, ${kept} of them around resets and repetitions`, ...limits].join(
        '; ',
      ),
    );
  }
  return notes;
}
