// How sure an answer is: three words, each with one meaning.

export const certainties = ['proven', 'likely', 'open'] as const;

/**
 * `proven`: everything else is excluded by a fact. `likely`: it explains all that was seen and contradicts none of it; what remains
 * beside it could not be looked for, and is named. `open`: several explain it equally well, or nothing does.
 */
export type Certainty = (typeof certainties)[number];
