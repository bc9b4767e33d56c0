// A fleet can be the part of a larger one that one process of several holds.

/** The slots FIRST, FIRST + EVERY, FIRST + 2 × EVERY, … of a fleet, and connection numbers likewise. */
export interface Share {
  readonly first: number;
  readonly every: number;
}
