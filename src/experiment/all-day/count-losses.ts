// Counts each lost connection once, a minute after it was lost, by each of its ends that is on this node.
import type { WatchLoss } from '../../model/watch-record.ts';
import type { LossCounter, LossLabels, LossSeries } from '../../metrics/loss-series.ts';
import { createHeldLosses, type HeldLosses } from './held-losses.ts';
import { localEnds } from './local-ends.ts';
import type { PodsHere } from './pods-here.ts';

/** Nearly all corrections have come by then; and so long a new series stands at 0, which Prometheus scrapes at least once meanwhile. */
const holdMs = 60_000;
/** Some megabytes. In a flood of more than 300 a second the oldest are counted sooner. */
const mostHeld = 20_000;

export interface LossCounting {
  readonly counter: LossCounter;
  readonly pods: PodsHere;
  /** A loss that was counted turned out to be something else, or none. */
  readonly correctedLate: (correction: 'taken-back' | 'changed') => void;
}

interface Kept {
  readonly verdict: Pick<LossLabels, 'cause' | 'author' | 'certainty'>;
  readonly ends: WatchLoss['ends'];
  readonly series: readonly LossSeries[];
}

export function createLossCounting({ counter, pods, correctedLate }: LossCounting): HeldLosses {
  const labelsOf = ({ verdict, ends }: Pick<Kept, 'verdict' | 'ends'>): LossLabels[] =>
    localEnds(ends, pods).map(({ end, namespace, workload }) => ({
      ...verdict,
      ...{ end, namespace, workload: workload.name, workload_type: workload.type },
    }));
  const drop = ({ series }: Kept) => series.forEach((one) => counter.release(one, false));
  return createHeldLosses<Kept>({
    ...{ holdMs, most: mostHeld },
    keep({ cause, author, ends }) {
      const verdict = { cause: cause.id, author: author.id, certainty: cause.certainty };
      return { verdict, ends, series: labelsOf({ verdict, ends }).map((one) => counter.hold(one)) };
    },
    drop,
    count(kept) {
      // Its pod may have become known since.
      const now = labelsOf(kept).map((one) => counter.hold(one));
      for (const one of now) counter.release(one, true);
      drop(kept);
    },
    late: ({ ended }) => correctedLate(ended === 'benign' ? 'taken-back' : 'changed'),
  });
}
