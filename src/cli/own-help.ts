// The help of the program as a whole, for each width from which on it is another one. Only a bundle has it, in place of this file:
// it is made of all commands, which a checkout loads to say it (scripts/bundle/own-facts.mjs).

/** A width in columns and the text from there on, the narrowest first; nothing for widths below the first. */
export const ownHelp: readonly (readonly [columns: number, text: string])[] = [];
