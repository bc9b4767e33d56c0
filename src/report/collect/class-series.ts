// What one class lived through, in columns over time.
import type { Micros } from '../../model/clock.ts';
import { isBeforeFirstAnswer, type ClientEvent } from '../../model/probe-event.ts';
import type { ClassColumn, ClassView } from '../run-view.ts';
import { createBursts, type Burst } from './bursts.ts';
import {
  addLatency,
  emptyLatency,
  latencyBars,
  latencyQuantile,
  mergeLatency,
  type LatencyBuckets,
} from './latency-buckets.ts';
import { createTimeColumns, type ColumnKind } from './time-columns.ts';

interface Column {
  answers: number;
  resets: number;
  reconnects: number;
  otherFailures: number;
  readonly latency: LatencyBuckets;
}

const column: ColumnKind<Column> = {
  make: () => ({ answers: 0, resets: 0, reconnects: 0, otherFailures: 0, latency: emptyLatency() }),
  merge(into, from) {
    into.answers += from.answers;
    into.resets += from.resets;
    into.reconnects += from.reconnects;
    into.otherFailures += from.otherFailures;
    mergeLatency(into.latency, from.latency);
  },
};

export interface ClassSeries {
  add(event: ClientEvent, at: Micros): void;
  readonly width: Micros;
  readonly answers: number;
  bursts(): readonly Burst[];
  view(end: Micros, width: Micros): ClassView;
}

/** An empty series; `grid` says where the columns begin and how narrow they may be. */
export function createClassSeries(
  name: string,
  grid: { readonly origin: Micros; readonly width: Micros; readonly limit: number },
  episodeWindowMs: number,
): ClassSeries {
  const columns = createTimeColumns(column, grid);
  const bursts = createBursts(episodeWindowMs * 1_000);
  const whole = emptyLatency();
  // One per connection that is held at the same time.
  const slots = new Set<number>();
  let resets = 0;

  return {
    add(event, at) {
      const here = columns.at(at);
      switch (event.event) {
        case 'connected':
          if (slots.has(event.slot)) {
            if (here !== undefined) here.reconnects += 1;
          } else slots.add(event.slot);
          break;
        case 'answered':
          // From due, not from sent: a client that was held up must not hide the wait.
          addLatency(whole, event.latencyMs + event.lateMs);
          if (here === undefined) break;
          here.answers += 1;
          addLatency(here.latency, event.latencyMs + event.lateMs);
          break;
        case 'failed':
          if (isBeforeFirstAnswer(event)) break;
          if (event.failure === 'reset') {
            resets += 1;
            bursts.add(at);
            if (here !== undefined) here.resets += 1;
          } else if (here !== undefined) here.otherFailures += 1;
          break;
        case 'finished':
          break;
      }
    },
    get width() {
      return columns.width;
    },
    get answers() {
      return whole.count;
    },
    bursts: () => bursts.all(),
    view: (end, width) => ({
      name,
      columns: columns.until(end, width).map(columnView),
      answers: whole.count,
      resets,
      latency: {
        p50: latencyQuantile(whole, 0.5),
        p99: latencyQuantile(whole, 0.99),
        bars: latencyBars(whole),
      },
    }),
  };
}

const emptyColumn: ClassColumn = {
  answers: 0,
  resets: 0,
  reconnects: 0,
  otherFailures: 0,
  p50: null,
  p99: null,
};

function columnView(column: Column | undefined): ClassColumn {
  if (column === undefined) return emptyColumn;
  const { latency, ...counts } = column;
  return { ...counts, p50: latencyQuantile(latency, 0.5), p99: latencyQuantile(latency, 0.99) };
}
