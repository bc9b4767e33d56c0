// What is known of the command line when an option's value or an argument is asked for.
import type { Offer } from './protocol.ts';

/** What was typed before the cursor, as far as it is of the same command. */
export interface Typed {
  /** Of an option by its long name; the last one counts where it was given twice. */
  readonly option: (long: string) => string | undefined;
  readonly args: readonly string[];
  /** The unfinished word, of an option's value only that. */
  readonly word: string;
}

/** Names without a word about them. */
export const names = (all: readonly string[]): readonly Offer[] => all.map((value) => ({ value, about: '' }));
