// Takes events one at a time, keeps only what the page will show of them, and says at any moment what that is.
import { parseMicros, type Micros } from '../../model/clock.ts';
import type { NodeEvent, SourceEvent } from '../../model/node-event.ts';
import type { ProbeEvent } from '../../model/probe-event.ts';
import type { RunRecord } from '../../model/run-record.ts';
import type { RunView } from '../run-view.ts';
import { createClassSeries, type ClassSeries } from './class-series.ts';
import { episodesOf } from './episode-views.ts';
import { createFlows } from './flows.ts';
import { tellJourney } from './journey.ts';
import { createNodeLanes, type NodeChangeOn, type NodeLanes } from './node-lanes.ts';

export interface CollectorOptions {
  /** Resets of one class no further apart than this belong together. */
  readonly episodeWindowMs: number;
  /** When the run began; the first event's time when not known. */
  readonly startedAt?: Micros;
  /** How long it was; what is dated later by more than a minute is not drawn. */
  readonly seconds?: number;
}

export interface Collector {
  addProbe(event: ProbeEvent): void;
  addNode(event: NodeEvent): void;
  /** The state so far; `missing` is added to what the collector itself has to say. */
  view(record: RunRecord | null, missing?: readonly string[]): RunView;
}

const narrowestColumn = 10_000;
const mostColumns = 480;
const mostClasses = 24;
const longestRun = 31 * 24 * 3_600;

/** An empty collector. Its memory grows with connections that are held at the same time, not with events. */
export function createCollector(options: CollectorOptions): Collector {
  const classes = new Map<string, ClassSeries>();
  const flows = createFlows();
  const unshownClasses = new Set<string>();
  let origin = options.startedAt;
  let lanes: NodeLanes | undefined;
  let lastAt = 0;
  let misdated = 0;
  const sources = new Map<string, string>();

  const latest = () =>
    (origin ?? 0) + (options.seconds === undefined ? longestRun : options.seconds + 60) * 1e6;
  const grid = () => ({ origin: origin ?? 0, width: narrowestColumn, limit: mostColumns });

  /** The event's time; undefined when it cannot belong to this run. */
  function dated(at: string): Micros | undefined {
    const moment = parseMicros(at);
    if (Number.isFinite(moment)) {
      origin ??= moment;
      if (moment >= origin - 3_600e6 && moment <= latest()) {
        lastAt = Math.max(lastAt, moment);
        return moment;
      }
    }
    misdated += 1;
    return undefined;
  }

  function seriesOf(name: string): ClassSeries | undefined {
    const known = classes.get(name);
    if (known !== undefined) return known;
    if (classes.size >= mostClasses) {
      if (unshownClasses.size < 1_000) unshownClasses.add(name);
      return undefined;
    }
    const made = createClassSeries(name, grid(), options.episodeWindowMs);
    classes.set(name, made);
    return made;
  }

  /** Evidence that was not collected, or not wholly. */
  function noteSource({ node, source, state, lost, text }: SourceEvent): void {
    const key = `${node} ${source}`;
    if (sources.size >= mostClasses && !sources.has(key)) return;
    if (state === 'failed' || state === 'unavailable' || state === 'limited') {
      sources.set(key, `${source} on ${node} is ${state}: ${text.slice(0, 300)}`);
    } else if (lost !== null && lost > 0) sources.set(key, `${source} on ${node} lost ${lost} messages.`);
  }

  /** Changes on the nodes that the class's packets cross, as far as its entries tell which those are. */
  function changesFor(name: string): readonly NodeChangeOn[] {
    const all = lanes?.changes() ?? [];
    const nodes = new Set(
      flows
        .ordinary()
        .find((one) => one.class === name)
        ?.entries.map((entry) => entry.node),
    );
    return nodes.size === 0 ? all : all.filter((change) => nodes.has(change.node));
  }

  function notes(): string[] {
    const some = (count: number, what: string) => (count === 0 ? [] : [`${count} ${what}`]);
    return [
      ...some(misdated, 'events are dated outside the run and are not shown.'),
      ...some(unshownClasses.size, `further classes are not shown: at most ${mostClasses} are.`),
      ...some(lanes?.leftOut ?? 0, 'further nodes are not shown.'),
      ...sources.values(),
    ];
  }

  return {
    addProbe(event) {
      const at = dated(event.at);
      if (at === undefined) return;
      if (event.role === 'server') {
        flows.addServer(event, at);
        return;
      }
      seriesOf(event.class)?.add(event, at);
      flows.addClient(event, at);
    },
    addNode(event) {
      const at = dated(event.at);
      if (at === undefined) return;
      lanes ??= createNodeLanes(grid());
      lanes.add(event, at);
      if (event.event === 'conntrack') flows.addEntry(event);
      if (event.event === 'source') noteSource(event);
    },
    view(record, missing = []) {
      const startedAt = origin ?? 0;
      const end = Math.max(startedAt + (options.seconds ?? 0) * 1e6, lastAt, startedAt + 1e6);
      const narrowest = Math.max(
        lanes?.width ?? 0,
        ...[...classes.values()].map((one) => one.width),
        narrowestColumn,
      );
      const answers = Math.max(0, ...[...classes.values()].map((one) => one.answers));
      // No more columns than a phone's picture has room for, and than there are answers to fill them.
      const most = Math.min(240, Math.max(24, answers / 4));
      let width = narrowest;
      while ((end - startedAt) / width > most) width *= 2;
      const named = [...classes].sort(byRecord(record));
      return {
        record,
        startedAt,
        seconds: (end - startedAt) / 1e6,
        columnSeconds: width / 1e6,
        classes: named.map(([, series]) => series.view(end, width)),
        episodes: named.flatMap(([name, series], place) =>
          episodesOf(name, place, series.bursts(), changesFor(name), options.episodeWindowMs),
        ),
        episodeWindowMs: options.episodeWindowMs,
        lanes: lanes?.view(end, width) ?? [],
        journey: tellJourney(record, flows.ordinary()),
        missing: [...missing, ...notes()],
      };
    },
  };
}

/** The record's order, which is the scenario's; classes that it does not name come after, by name. */
function byRecord(record: RunRecord | null): (a: [string, unknown], b: [string, unknown]) => number {
  const names = record?.classes.map((one) => one.name) ?? ['co-located', 'remote'];
  const place = (name: string) => (names.includes(name) ? names.indexOf(name) : names.length);
  return ([a], [b]) => place(a) - place(b) || a.localeCompare(b);
}
