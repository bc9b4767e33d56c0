// How a cause is written down: what must be seen for it, what it cannot be seen with, and who can be its author.
import type { Author } from '../../model/author.ts';
import type { Story } from '../connections/story.ts';
import type { Condition } from '../who/exclusion-row.ts';

/** All of these together. */
export type Signs = readonly [Condition, ...Condition[]];

export interface CauseModel {
  readonly cause: string;
  /** Who can have ended the connection when this is the cause, the usual one first. */
  readonly authors: readonly [Author, ...Author[]];
  /** Any of these shows the cause itself: what it is, not merely what goes with it. */
  readonly shownBy: readonly Signs[];
  /** Any of these goes with it; enough to name it where nothing else fits. */
  readonly suggestedBy: readonly Signs[];
  /** What cannot be seen when this is the cause, or what it would have shown and did not. */
  readonly contradictedBy: readonly Condition[];
  /** What is nothing against it where it is shown, but is no company in which the signs of `suggestedBy` mean anything. */
  readonly notSuggestedWith?: readonly Condition[];
  /** The lab's fixes for it. */
  readonly fixes: readonly string[];
  /** What happened, in words, for all the connections that this explains. */
  readonly sentence: (stories: readonly Story[]) => string;
}
