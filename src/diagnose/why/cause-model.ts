// How a cause is written down: which observations speak for it and against it, and by how much.
import type { Author } from '../../model/author.ts';
import type { ObservationName } from '../facts/index.ts';
import type { Story } from '../connections/story.ts';

/** Log odds if seen, and if looked for and not seen. What nobody could see counts nothing. */
type Weight = readonly [seen: number, notSeen: number];

export interface CauseModel {
  readonly cause: string;
  /** Who sends the RST, or ends the connection, when this is the cause. */
  readonly author: Author;
  /** One of these must have been seen: without it the rest only says that the cause is not excluded, and it is not named. */
  readonly needs: readonly ObservationName[];
  readonly weights: Partial<Readonly<Record<ObservationName, Weight>>>;
  /** The lab's fixes for it. */
  readonly fixes: readonly string[];
  /** What happened, in words, for all the connections that this explains. */
  readonly sentence: (stories: readonly Story[]) => string;
}
