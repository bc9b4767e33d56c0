// Each burst of resets with what changed on the nodes just before it.
import type { Micros } from '../../model/clock.ts';
import type { Episode, NodeChange } from '../run-view.ts';
import type { Burst } from './bursts.ts';

const mostBefore = 3;

/** `place` is the class's among all, for ids that are unique; `changes` are in order of time. */
export function episodesOf(
  name: string,
  place: number,
  bursts: readonly Burst[],
  changes: readonly NodeChange[],
  windowMs: number,
): Episode[] {
  // A reset shows with the next probe, a window after its cause at most; the rest is room for a packet that was sent again.
  const reach = windowMs * 1_500 + 100_000;
  // Each writer stamps when it gets to run.
  const slack = 10_000;
  const before = (at: Micros) =>
    changes
      .filter((change) => change.at >= at - reach && change.at <= at + slack)
      .slice(-mostBefore)
      .map((change) => change.id);
  return bursts.map((burst, index) => ({
    ...{ id: `episode-${place}-${index}`, class: name },
    ...burst,
    before: before(burst.start),
  }));
}
