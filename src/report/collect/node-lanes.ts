// What the observers of each node saw: every kind counted over time, and what may be a cause kept one by one as well.
import type { Micros } from '../../model/clock.ts';
import type { ConntrackEvent, NodeEvent } from '../../model/node-event.ts';
import { laneKinds, type LaneKind, type LaneView, type NodeChange } from '../run-view.ts';
import { createTimeColumns, type ColumnKind, type TimeColumns } from './time-columns.ts';

export type NodeChangeOn = NodeChange & { readonly node: string };

export interface NodeLanes {
  add(event: NodeEvent, at: Micros): void;
  readonly width: Micros;
  /** Sorted by node, then in the order of `laneKinds`. */
  view(end: Micros, width: Micros): LaneView[];
  /** Changes that were kept one by one, in order of time. */
  changes(): NodeChangeOn[];
  /** Nodes that were left out because there are too many. */
  readonly leftOut: number;
}

const mostNodes = 12;
const mostChangesPerLane = 400;
const longestText = 500;

interface Lane {
  readonly node: string;
  readonly kind: LaneKind;
  readonly columns: TimeColumns<{ count: number }>;
  readonly changes: NodeChange[];
  total: number;
}

const counter: ColumnKind<{ count: number }> = {
  make: () => ({ count: 0 }),
  merge: (into, from) => (into.count += from.count),
};

export function createNodeLanes(grid: {
  readonly origin: Micros;
  readonly width: Micros;
  readonly limit: number;
}): NodeLanes {
  const lanes = new Map<string, Lane>();
  const nodes = new Set<string>();
  const leftOut = new Set<string>();
  let made = 0;

  function laneFor(node: string, kind: LaneKind): Lane | undefined {
    const key = `${kind} ${node}`;
    const known = lanes.get(key);
    if (known !== undefined) return known;
    if (!nodes.has(node) && nodes.size >= mostNodes) {
      if (leftOut.size < 1_000) leftOut.add(node);
      return undefined;
    }
    nodes.add(node);
    const lane = { node, kind, columns: createTimeColumns(counter, grid), changes: [], total: 0 };
    lanes.set(key, lane);
    return lane;
  }

  return {
    add(event, at) {
      const kind = kindOf(event);
      const lane = kind === undefined ? undefined : laneFor(event.node, kind);
      const column = lane?.columns.at(at);
      if (lane === undefined || column === undefined) return;
      column.count += 1;
      lane.total += 1;
      const change = changeOf(event);
      if (change === undefined || lane.changes.length >= mostChangesPerLane) return;
      made += 1;
      // The tool's own time stamp says once more what `at` says.
      const text = event.text
        .slice(0, longestText)
        .replace(/\s+/g, ' ')
        .replace(/^\[[^\]]*\] ?/, '');
      lane.changes.push({ id: `change-${made}`, at, change, text, file: event.file.slice(0, longestText) });
    },
    get width() {
      return Math.max(grid.width, ...[...lanes.values()].map((lane) => lane.columns.width));
    },
    view: (end, width) =>
      [...lanes.values()].sort(inOrder).map(({ node, kind, columns, changes, total }) => ({
        node,
        kind,
        counts: columns.until(end, width).map((column) => column?.count ?? 0),
        total,
        changes: changes.filter((change) => change.at <= end),
      })),
    changes: () =>
      [...lanes.values()]
        .flatMap(({ node, changes }) => changes.map((change) => ({ ...change, node })))
        .sort((a, b) => a.at - b.at),
    get leftOut() {
      return leftOut.size;
    },
  };
}

/** Undefined for what has no place on a timeline: counters cover a stretch of time, and ordinary packets are the answers. */
function kindOf(event: NodeEvent): LaneKind | undefined {
  switch (event.event) {
    case 'rule-changed':
      return 'rule';
    case 'route-changed':
      return 'route';
    case 'link-changed':
      return 'link';
    case 'listener':
      return 'listener';
    case 'conntrack':
      return kindOfEntry(event);
    case 'packet':
      return event.flags.includes('R') ? 'rst' : undefined;
    case 'counters':
    case 'dataplane':
    case 'icmp-error':
    case 'lost-after-silence':
    case 'kernel':
    case 'socket':
    case 'name':
    case 'neighbour':
    case 'kernel-log':
    case 'cgroup-memory':
    case 'ipvs-entry':
    case 'agent':
    case 'source':
      return undefined;
  }
}

function kindOfEntry({ change, state }: ConntrackEvent): LaneKind | undefined {
  if (change === 'new') return 'entry-made';
  if (change === 'destroy') return 'entry-destroyed';
  // Only a RST moves a TCP entry to this state (Linux, nf_conntrack_proto_tcp.c, TCP_CONNTRACK_CLOSE).
  return state === 'CLOSE' ? 'entry-reset' : undefined;
}

/** What may have caused a reset: entries that time out or are made by ordinary traffic have not. */
function changeOf(event: NodeEvent): NodeChange['change'] | undefined {
  switch (event.event) {
    case 'rule-changed':
    case 'route-changed':
    case 'link-changed':
      return event.change;
    case 'listener':
      return event.change === 'opened' ? 'added' : 'deleted';
    case 'conntrack':
      return event.deletedByProgram ? 'deleted' : undefined;
    case 'packet':
    case 'counters':
    case 'dataplane':
    case 'icmp-error':
    case 'lost-after-silence':
    case 'kernel':
    case 'socket':
    case 'name':
    case 'neighbour':
    case 'kernel-log':
    case 'cgroup-memory':
    case 'ipvs-entry':
    case 'agent':
    case 'source':
      return undefined;
  }
}

const inOrder = (a: Lane, b: Lane) =>
  a.node.localeCompare(b.node, 'en', { numeric: true }) ||
  laneKinds.indexOf(a.kind) - laneKinds.indexOf(b.kind);
