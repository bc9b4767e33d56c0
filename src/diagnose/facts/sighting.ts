// What looking for one thing in a story can give: it is there, it is not there, or nobody could have seen it.
import type { NodeEvent } from '../../model/node-event.ts';
import type { EvidenceItem } from '../../model/run-record.ts';
import type { Story } from '../connections/story.ts';

export type Sighting =
  | { readonly seen: 'yes' | 'no'; readonly evidence: readonly EvidenceItem[] }
  /** The source that could have seen it did not run; null when no source of ours could. */
  | { readonly seen: 'unknown'; readonly missing: Wanted | null };

/** What the diagnosis reads, and how a user is told that it was not there. */
export const wantedWords = {
  'ip-monitor': 'rule, route and link changes of the node (ip monitor)',
  'conntrack-events': 'conntrack events of the node (conntrack -E)',
  'conntrack-stats': 'conntrack counters of the node',
  capture: 'a capture of RSTs on the nodes of client and server',
  'rule-counters': "counters of the node's rules",
  snmp: "TCP counters of the server's pod",
  listeners: "the listening sockets of the server's pod",
  'server-events': "the server's own events (netdebug server --events)",
} as const;
export type Wanted = keyof typeof wantedWords;

/** Looks for one thing. Pure. */
export type Look = (story: Story) => Sighting;

export const yes = (...evidence: readonly EvidenceItem[]): Sighting => ({ seen: 'yes', evidence });
export const no = (...evidence: readonly EvidenceItem[]): Sighting => ({ seen: 'no', evidence });
export const unknown = (missing: Wanted | null): Sighting => ({ seen: 'unknown', missing });
export const seenIf = (condition: boolean, ...evidence: readonly EvidenceItem[]): Sighting =>
  condition ? yes(...evidence) : no();

/** A node's event as evidence: its own line, and where that line is kept. */
export function asEvidence({ source, at, text, file }: NodeEvent): EvidenceItem {
  return { source, at, text, file };
}

/** A conclusion from other lines, which is in nobody's file. */
export function conclusion(story: Story, text: string): EvidenceItem {
  return { source: 'diagnosis', at: story.incident.failed.at, text, file: null };
}
