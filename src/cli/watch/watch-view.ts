// How a live watch is shown: as text, or a line of JSON for each loss. Several views may show one watch; a page would be one more.
import type { Micros } from '../../model/clock.ts';
import type { MissingWitness } from '../../model/missing-witness.ts';
import type { WatchLoss, WatchSummary } from '../../model/watch-record.ts';
import type { LiveWatchStart } from '../../experiment/watch/watch-live.ts';
import type { Watched } from '../../experiment/watch/live-losses.ts';

export interface WatchView {
  /** @param remedies What would let it see what it cannot, one sentence each. */
  started(start: LiveWatchStart, remedies: readonly string[]): void;
  lost(losses: readonly WatchLoss[]): void;
  /** About ten times a second; `watched` costs something where many connections come and go. */
  look(watched: () => Watched, now: Micros): void;
  missing(missing: MissingWitness): void;
  ended(summary: WatchSummary, seconds: number): void;
}
