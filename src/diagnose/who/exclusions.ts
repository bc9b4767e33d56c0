// Who cannot have ended a connection, by what was seen of it: the table that the answer to "who" is read from. Nothing is added up,
// and nobody who is excluded comes back. `physics` cannot be otherwise on Linux; `convention` is usual, and says how it can be broken.
import { byCounting } from './by-counting.ts';
import { byEnding } from './by-ending.ts';
import { byIcmp } from './by-icmp.ts';
import { byKernel } from './by-kernel.ts';
import { byReset } from './by-reset.ts';
import type { Exclusion } from './exclusion-row.ts';

export const exclusions: readonly Exclusion[] = [
  ...byEnding,
  ...byKernel,
  ...byReset,
  ...byIcmp,
  ...byCounting,
];
