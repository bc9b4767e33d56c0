// The counter of lost connections, its label sets bounded: beyond so many, what a loss is called by is left out of its labels, and the loss
// is counted all the same.
import type { Metrics } from './registry.ts';

export interface LossLabels {
  readonly cause: string;
  readonly author: string;
  /** How sure the cause is. */
  readonly certainty: string;
  /** Which end of the connection is on this node: `client`, `server`, or `neither`. */
  readonly end: string;
  /** Of the workload at that end. */
  readonly namespace: string;
  readonly workload: string;
  readonly workload_type: string;
}

/** A label set that a loss is held for, or was counted under. */
export interface LossSeries {
  readonly labels: LossLabels;
}

export interface LossCounter {
  /** A loss will be counted under these, as far as is known: they stand at 0 from now on, so that rate() sees the step to 1. */
  hold(labels: LossLabels): LossSeries;
  /** It is counted, or, with false, it is not counted under them after all: what stands at 0 for nobody any more goes. */
  release(series: LossSeries, isCounted: boolean): void;
  /** Label sets that there are. */
  readonly size: number;
}

interface Own extends LossSeries {
  held: number;
  counted: boolean;
}

/** So many more, of those whose workload was left out; beyond these, one for each end. */
export const mostOthers = 100;
const names = ['cause', 'author', 'certainty', 'end', 'namespace', 'workload', 'workload_type'] as const;
const other = 'other';
const withoutWorkload = { namespace: other, workload: other, workload_type: other };

/** @param most Label sets with a workload of their own. */
export function createLossCounter(metrics: Metrics, most: number): LossCounter {
  const counter = metrics.counter(
    'lost_connections_total',
    'Connections that were lost, of programs at this end on this node, each a minute after it was lost, as it was explained by then.',
    names,
  );
  const all = new Map<string, Own>();
  let others = 0;

  const keyOf = (labels: LossLabels) => JSON.stringify(names.map((name) => labels[name]));

  function bounded(labels: LossLabels): LossLabels {
    if (all.has(keyOf(labels)) || all.size - others < most) return labels;
    const shorter = { ...labels, ...withoutWorkload };
    if (all.has(keyOf(shorter)) || others < mostOthers) return shorter;
    return { ...shorter, cause: other, author: other, certainty: other };
  }

  const isOther = ({ workload_type: type }: LossLabels) => type === other;

  return {
    hold(wanted) {
      const labels = bounded(wanted);
      const key = keyOf(labels);
      let own = all.get(key);
      if (own === undefined) {
        own = { labels, held: 0, counted: false };
        all.set(key, own);
        if (isOther(labels)) others += 1;
        counter.inc({ ...labels }, 0);
      }
      own.held += 1;
      return own;
    },
    release({ labels }, isCounted) {
      const key = keyOf(labels);
      const own = all.get(key);
      if (own === undefined) return;
      own.held -= 1;
      if (isCounted) {
        own.counted = true;
        counter.inc({ ...labels });
      } else if (own.held === 0 && !own.counted) {
        all.delete(key);
        if (isOther(labels)) others -= 1;
        counter.remove({ ...labels });
      }
    },
    get size() {
      return all.size;
    },
  };
}
