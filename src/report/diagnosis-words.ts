// What is said of what would decide, in the words of every format.
import type { DecidingCommand } from '../model/what-decides.ts';

/** `To decide (what it shows), on …, then …`; the command follows. */
export const decidingWords = ({ where, shows }: DecidingCommand): string => `To decide (${shows}), ${where}`;
