// What a page of a watch is fed with, for its tests: losses that the engine told of recorded nodes, as many as are wanted, and their summary.
import { createLossTallies } from '../../src/experiment/watch/loss-tallies.ts';
import { createPageState, type PageState } from '../../src/experiment/watch/page-state.ts';
import { watchSummary } from '../../src/experiment/watch/watch-summary.ts';
import { formatMicros, parseMicros } from '../../src/model/clock.ts';
import type { WatchLoss, WatchSummary } from '../../src/model/watch-record.ts';
import { recordedEvents, replay } from '../experiment/watch/replay.ts';

export const startedAt = '2026-11-23T12:00:00.000000Z';
const begin = parseMicros(startedAt);

/** As it was told first, with its last packets; of two recorded nodes, whose causes are two. */
export const recordedLosses = (): WatchLoss[] =>
  ['foreign-conflict', 'foreign-reject'].flatMap((name) => {
    const { lines } = replay(recordedEvents('cases', name, 'node.ndjson.gz'));
    return lines.flatMap(({ line }) => (line.revision === 1 ? [line] : []));
  });

/** The recorded ones again and again, each of another client, a little later than the one before. */
export function manyLosses(count: number, told = recordedLosses()): WatchLoss[] {
  return Array.from({ length: count }, (_, number) => {
    const line = told[number % told.length]!;
    const { client } = line.ends;
    const port = 1_024 + (number % 60_000);
    return {
      ...line,
      ...{ id: `node-1/loss-${number}`, at: formatMicros(begin + number * 100), node: 'node-1' },
      ends: { ...line.ends, client: client === null ? null : { ...client, port } },
    };
  });
}

export interface Told {
  readonly state: PageState;
  take(losses: readonly WatchLoss[]): void;
  /** Others that were counted only. */
  countOnly(number: number): void;
  watches(watched: WatchSummary['watched']): void;
  summary(): WatchSummary;
}

/** Tells a page's state what `netdebug watch` would, with the summary so far as its engine counts it. */
export function tellPage(node = 'node-1'): Told {
  const state = createPageState(node, startedAt);
  const tallies = createLossTallies();
  const last = new Map<string, WatchLoss>();
  let untold = 0;
  let watched: WatchSummary['watched'] = { connections: 7, processes: 2 };
  const count = (line: WatchLoss, by: 1 | -1) =>
    tallies.count({ line, finding: null, explained: 'one by one' }, by);
  const summary = () =>
    watchSummary({
      ...{ node, from: begin, to: begin + 600_000_000, benign: 0, stalled: 0, watched },
      ...{ sources: [], tallies: tallies.all(), untold },
    });
  const news = () => state.watches({ ...watched, lost: last.size + untold });
  state.begin(summary);
  return {
    ...{ state, summary },
    take(losses) {
      for (const line of losses) {
        const former = last.get(line.id);
        if (former !== undefined) count(former, -1);
        count(line, 1);
        last.set(line.id, line);
      }
      state.take(losses);
      news();
    },
    countOnly(number) {
      untold += number;
      news();
    },
    watches(now) {
      watched = now;
      news();
    },
  };
}
