// What was lost while somebody watches, grouped by cause: counted exactly, and the newest of each cause kept to be looked at.
import type { LossGroup } from '../../model/watch-view.ts';
import type { WatchLoss } from '../../model/watch-record.ts';

export interface LossesByCause {
  /** A correction takes the place of what was said before, and may be of another cause, or take it back. */
  take(loss: WatchLoss): void;
  /** The group of most losses first: newer ones change that order seldom. */
  groups(): LossGroup[];
  /** All that were taken, corrections not counted. */
  count(): number;
  /** Corrections of losses too long past for their place to be known; they are in no group. */
  corrections(): number;
}

const mostOfOneCause = 20;
/** Of all causes together, as far as each has at least a few. */
const [mostShown, fewestOfOneCause] = [60, 2];
/** Of how many losses it is known where they are counted. */
const mostPlaces = 50_000;

export function createLossesByCause(): LossesByCause {
  const groups = new Map<string, { lost: number; newest: WatchLoss[] }>();
  const places = new Map<string, string>();
  let [count, corrections] = [0, 0];

  /** What was said of it before, where that is still held. */
  const leave = (id: string, cause: string): WatchLoss | undefined => {
    const group = groups.get(cause);
    if (group === undefined) return undefined;
    const known = group.newest.find((one) => one.id === id);
    group.lost -= 1;
    group.newest = group.newest.filter((one) => one.id !== id);
    if (group.lost === 0) groups.delete(cause);
    return known;
  };
  const enter = (loss: WatchLoss) => {
    const group = groups.get(loss.cause.id) ?? { lost: 0, newest: [] };
    groups.set(loss.cause.id, group);
    group.lost += 1;
    const older = group.newest.findIndex(({ at }) => at <= loss.at);
    group.newest.splice(older === -1 ? group.newest.length : older, 0, loss);
    group.newest.length = Math.min(group.newest.length, mostOfOneCause);
    places.set(loss.id, loss.cause.id);
    const [oldest] = places.keys();
    if (places.size > mostPlaces && oldest !== undefined) places.delete(oldest);
  };

  return {
    take(loss) {
      const before = places.get(loss.id);
      if (before === undefined && loss.revision > 1) {
        corrections += 1;
        return;
      }
      const known = before === undefined ? undefined : leave(loss.id, before);
      if (before === undefined) count += 1;
      if (loss.ended !== 'benign') {
        enter({ ...drawingOf(known), ...loss });
        return;
      }
      count -= 1;
      places.delete(loss.id);
    },
    groups: () => {
      const each = Math.max(fewestOfOneCause, Math.floor(mostShown / Math.max(1, groups.size)));
      return [...groups]
        .map(([cause, { lost, newest }]) => ({ cause, lost, newest: newest.slice(0, each) }))
        .sort((a, b) => b.lost - a.lost || compare(a.cause, b.cause));
    },
    count: () => count,
    corrections: () => corrections,
  };
}

/** Of one that is told by its likes its packets are not told again. */
const drawingOf = (known: WatchLoss | undefined): Pick<WatchLoss, 'ladder' | 'lastMoments'> => ({
  ...(known?.ladder === undefined ? {} : { ladder: known.ladder }),
  ...(known?.lastMoments === undefined ? {} : { lastMoments: known.lastMoments }),
});

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
