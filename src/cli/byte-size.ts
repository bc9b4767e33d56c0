// Sizes as users write them: 64KiB, 256MiB, 1GiB, 500MB.
import { Problem } from '../model/problem.ts';

const bytesPer: Readonly<Record<string, number>> = {
  '': 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 1_024,
  MiB: 1_024 ** 2,
  GiB: 1_024 ** 3,
};

/** A parser for an option's value, at least `lowest` bytes. It throws a usage Problem with the flag's name. */
export function byteSize(flag: string, lowest: number): (text: string) => number {
  return (text) => {
    const match = /^([0-9]+(?:\.[0-9]+)?)([A-Za-z]*)$/.exec(text);
    const bytes = Math.floor(Number(match?.[1]) * (bytesPer[match?.[2] ?? ''] ?? Number.NaN));
    if (bytes >= lowest && Number.isSafeInteger(bytes)) return bytes;
    throw new Problem(
      'usage',
      `${flag}: "${text}" is not a size from ${lowest} bytes up; write it like 256MiB or 1GiB.`,
    );
  };
}
