// Sizes as users write them: 65536, 64KiB, 256MiB, 1.5GiB, 500MB.
import { Problem } from '../model/problem.ts';

const bytesPer: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 1_024,
  MiB: 1_024 ** 2,
  GiB: 1_024 ** 3,
};

/** A parser for an option's value, from `lowest` to `highest` bytes. It throws a usage Problem with the flag's name. */
export function byteSize(
  flag: string,
  lowest: number,
  highest = Number.MAX_SAFE_INTEGER,
): (text: string) => number {
  return (text) => {
    const match = /^([0-9]+(?:\.[0-9]+)?)([A-Za-z]*)$/.exec(text);
    const bytes = Math.floor(Number(match?.[1]) * (bytesPer[match?.[2] ?? ''] ?? Number.NaN));
    if (bytes >= lowest && bytes <= highest) return bytes;
    throw new Problem(
      'usage',
      `${flag}: "${text}" is not a size${lowest > 1 ? ` from ${lowest} bytes up; write it like 256MiB or 1GiB` : '; write it like 65536, 64KiB or 1MiB'}.`,
    );
  };
}
