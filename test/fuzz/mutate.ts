// Seeded damage to recorded input: what a cut, a flipped bit, a doubled piece or a foreign byte makes of it.
import type { Random } from '../../src/model/random.ts';

const telling = [
  '\0',
  '\n',
  '\t',
  ' ',
  '-1',
  '99999999999999999999',
  '[',
  ']',
  '=',
  ':',
  '{',
  '"',
  '\ud800',
  'é',
  '%',
  '::',
];

export function mutateText(text: string, random: Random): string {
  let out = text;
  for (let count = 1 + below(random, 4); count > 0; count--) {
    const at = below(random, out.length + 1);
    const to = Math.min(out.length, at + below(random, 12));
    const piece = [
      () => '',
      () => telling[below(random, telling.length)] ?? '',
      () => out.slice(at, to).repeat(2 + below(random, 3)),
      () => String.fromCharCode(below(random, 0x1_00)),
      () => out.slice(below(random, out.length + 1)).slice(0, 20),
      () => String(Math.floor(random.next() * 10 ** below(random, 20))),
    ][below(random, 6)];
    out = out.slice(0, at) + (piece?.() ?? '') + out.slice(to);
  }
  return out;
}

export function mutateBytes(bytes: Buffer, random: Random): Buffer {
  let out = Buffer.from(bytes);
  for (let count = 1 + below(random, 6); count > 0 && out.length > 0; count--) {
    const at = below(random, out.length);
    switch (below(random, 5)) {
      case 0:
        out[at] = below(random, 256);
        break;
      case 1:
        out[at] = (out[at] ?? 0) ^ (1 << below(random, 8));
        break;
      case 2:
        out = out.subarray(0, at);
        break;
      case 3:
        out = Buffer.concat([out.subarray(0, at), out.subarray(Math.max(0, at - below(random, 64)))]);
        break;
      default:
        out.fill(below(random, 2) * 255, at, Math.min(out.length, at + below(random, 8)));
    }
  }
  return out;
}

/** A whole number from 0 to `count` − 1; 0 for a count of 0. */
export function below(random: Random, count: number): number {
  return Math.floor(random.next() * count);
}
