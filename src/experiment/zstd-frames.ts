// Where the frames of a zstd file end: Node's decompressor passes over what follows a frame in the same piece (seen in v24), and what
// was compressed in parts, or put together from several files, has many frames.
// Format: RFC 8878, section 3.1.

/** Reads what stands at the beginning of a frame or block; undefined where more bytes are needed. */
type Step = (bytes: Buffer) => { readonly length: number; readonly next: Step | null } | undefined;

const blockAfter =
  (hasChecksum: boolean): Step =>
  (bytes) => {
    if (bytes.length < 3) return undefined;
    const head = bytes.readUIntLE(0, 3);
    const isLast = (head & 1) !== 0;
    // A block of one byte, repeated, has the number of times as its size.
    const size = ((head >> 1) & 3) === 1 ? 1 : head >> 3;
    const length = 3 + size + (isLast && hasChecksum ? 4 : 0);
    return { length, next: isLast ? null : blockAfter(hasChecksum) };
  };

const frame: Step = (bytes) => {
  if (bytes.length < 8) return undefined;
  // A frame for others to use, which is skipped.
  if (bytes.readUInt32LE(0) >>> 4 === 0x184d2a5) return { length: 8 + bytes.readUInt32LE(4), next: null };
  const descriptor = bytes[4] ?? 0;
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const contentSize = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  const length = 5 + (isSingleSegment ? 0 : 1) + dictionary + contentSize;
  return { length, next: blockAfter((descriptor & 4) !== 0) };
};

/** The same bytes in pieces of which none goes beyond the end of a frame. */
export async function* cutAtFrames(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let step: Step = frame;
  // What is still to come of the frame's or block's own bytes, and what is not enough to tell how many these are.
  let left = 0;
  let ends = false;
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of pieces) {
    const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    let from = 0;
    let at = 0;
    for (;;) {
      const passed = Math.min(left, bytes.length - at);
      at += passed;
      left -= passed;
      if (left > 0) break;
      if (ends) {
        yield bytes.subarray(from, at);
        from = at;
        ends = false;
      }
      const part = step(bytes.subarray(at));
      if (part === undefined) break;
      left = part.length;
      ends = part.next === null;
      step = part.next ?? frame;
    }
    if (at > from) yield bytes.subarray(from, at);
    rest = bytes.subarray(at);
  }
  if (rest.length > 0) yield rest;
}
