// All that a page about one run needs, already aggregated: its size depends on the picture, not on how many events there were.
import type { Micros } from '../model/clock.ts';
import type { Endpoint } from '../model/endpoint.ts';
import type { RunRecord } from '../model/run-record.ts';

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

/** A conntrack entry as a packet from the client meets it: what it was before, what it is after. */
export interface Crossing {
  readonly node: string;
  readonly id: string | null;
  readonly at: Micros;
  readonly source: { readonly before: Endpoint; readonly after: Endpoint };
  readonly target: { readonly before: Endpoint; readonly after: Endpoint };
}

/** The way of one connection's packets to the server, as the evidence shows it. */
export interface Passage {
  readonly class: string;
  /** Whether the routing rule stood; null when no rule changed in this run. */
  readonly rule: { readonly present: boolean; readonly text: string; readonly node: string } | null;
  readonly client: Endpoint;
  readonly target: Endpoint;
  readonly crossings: readonly Crossing[];
  /** What arrives at the server's pod. */
  readonly seen: Endpoint;
  readonly server: Endpoint;
  /** The peer of the server's socket for this connection; null when the server's side was not recorded. */
  readonly accepted: Endpoint | null;
}

/** `reset`: one that was reset, in both states of the rule. `ordinary`: one per class, as they were made. */
export interface Journey {
  readonly kind: 'reset' | 'ordinary';
  readonly passages: readonly Passage[];
  /** When the example was made and reset. */
  readonly connectedAt: Micros | null;
  readonly failedAt: Micros | null;
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
