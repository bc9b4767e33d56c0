// Whether a watch could see what is lost at all.
import type { MissingWitness } from '../model/missing-witness.ts';

/** Those by which most losses are known. */
const sight = ['capture', 'kernel-events'];

/** False where nobody runs who would see most of what is lost: then that nothing was seen says nothing. */
export const seesLosses = (missing: readonly MissingWitness[]): boolean =>
  !sight.every((name) => missing.some(({ witness, state }) => witness === name && state !== 'limited'));
