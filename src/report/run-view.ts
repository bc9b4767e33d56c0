// All that a page about one run needs, already aggregated: its size depends on the picture, not on how many events there were.
import type { Author } from '../model/author.ts';
import type { Certainty } from '../model/certainty.ts';
import type { Micros } from '../model/clock.ts';
import type { LastMoments } from '../model/last-moments.ts';
import type { RunRecord } from '../model/run-record.ts';
import type { ShownConnection } from '../model/shown-connection.ts';

/** What happened to one class within one column of the timeline. */
export interface ClassColumn {
  readonly answers: number;
  readonly resets: number;
  readonly reconnects: number;
  readonly otherFailures: number;
  /** From when a probe was due to its answer, milliseconds; null without answers. */
  readonly p50: number | null;
  readonly p99: number | null;
}

/** Share of the answers per bucket of a logarithmic scale. */
export interface LatencyBar {
  readonly lowMs: number;
  readonly highMs: number;
  readonly share: number;
}

export interface ClassView {
  readonly name: string;
  readonly columns: readonly ClassColumn[];
  readonly answers: number;
  readonly resets: number;
  readonly latency: {
    readonly p50: number | null;
    readonly p99: number | null;
    readonly bars: readonly LatencyBar[];
  };
}

/** Resets of one class that are close in time. */
export interface Episode {
  /** Unique within the view; safe as an element's id. */
  readonly id: string;
  readonly class: string;
  readonly start: Micros;
  readonly end: Micros;
  readonly resets: number;
  /** Ids of the changes on the nodes just before, earliest first. */
  readonly before: readonly string[];
}

export const laneKinds = [
  'rule',
  'route',
  'link',
  'listener',
  'entry-made',
  'entry-destroyed',
  'entry-reset',
  'rst',
] as const;
export type LaneKind = (typeof laneKinds)[number];

/** Something on a node that may have been a cause, kept one by one. */
export interface NodeChange {
  readonly id: string;
  readonly at: Micros;
  readonly change: 'added' | 'deleted' | 'changed';
  readonly text: string;
  readonly file: string;
}

/** One kind of evidence of one node over time. */
export interface LaneView {
  readonly node: string;
  readonly kind: LaneKind;
  /** Events per column of the timeline. */
  readonly counts: readonly number[];
  readonly total: number;
  /** The first of them one by one; empty for kinds that are only counted. */
  readonly changes: readonly NodeChange[];
}

/** How the way of a lost connection's packets ended. */
export interface PassageEnd {
  readonly author: Author;
  readonly certainty: Certainty;
  /** What came in place of an answer; null where that is not known. */
  readonly answer: LastMoments['answer'];
  /** Where its RST was seen first; null where none was captured. */
  readonly answeredAt: string | null;
  readonly stopped: LastMoments['stopped'];
  /** The client's last data was seen to go into the server's pod. */
  readonly arrived: boolean;
  /** Where its last data went in the end, and where those before it did; null where these are the same, or nobody can tell. */
  readonly strayed: { readonly to: string; readonly usual: string } | null;
  /** How many places of the usual way the stopped packet was seen at; 0 where that is not known. */
  readonly places: number;
}

/** The way of one connection's packets to the server, in one state of the routing rule. */
export type Passage = ShownConnection['passages'][number] &
  Pick<ShownConnection, 'class' | 'client' | 'target' | 'server' | 'accepted' | 'rule'> & {
    /** Null for packets that nothing happened to. */
    readonly end: PassageEnd | null;
  };

/** A lost connection that has no way to be drawn. */
export type WaylessLoss = Pick<LastMoments, 'client' | 'target' | 'phase'> & {
  /** Its classes. */
  readonly class: string;
  readonly cause: string;
  readonly connections: number;
  readonly end: PassageEnd;
};

/** The way of the connection that a finding shows, in both states of the rule; or one way per class, as connections were made. */
export interface Journey {
  /** Null when the ways are ordinary ones. */
  readonly shown: (ShownConnection & { readonly cause: string }) | null;
  readonly passages: readonly Passage[];
  /** Of findings that show no way, the first. */
  readonly wayless: WaylessLoss | null;
}

export interface RunView {
  /** Null while the run lasts, and for a folder without a readable run.json. */
  readonly record: RunRecord | null;
  /** The timeline's beginning and length. */
  readonly startedAt: Micros;
  readonly seconds: number;
  /** Width of a timeline column. */
  readonly columnSeconds: number;
  readonly classes: readonly ClassView[];
  readonly episodes: readonly Episode[];
  readonly episodeWindowMs: number;
  readonly lanes: readonly LaneView[];
  readonly journey: Journey | null;
  /** What is not here though it should be, one sentence each. */
  readonly missing: readonly string[];
}
