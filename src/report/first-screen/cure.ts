// What cures a cause, in a line: the first fix that the lab has proven, or else the first that is known.
import { pageOf } from '../../causes/index.ts';
import type { LossAnswer } from '../../model/first-screen.ts';

/** Null for a cause without a page, or with none that is known to end it. */
export function cureOf(cause: string): LossAnswer['cure'] {
  const fixes = pageOf(cause)?.fixes ?? [];
  const fix = fixes.find(({ proven, tryIt }) => proven === 'lab' && tryIt !== null) ?? fixes[0];
  if (fix === undefined) return null;
  const proven = fix.tryIt === null ? 'inferred' : fix.proven;
  const shown = proven === 'lab' ? 'proven in the lab' : 'not proven in the lab';
  return { name: fix.name, words: `${fix.name} (${shown}): ${fix.whatToDo}`, proven };
}
