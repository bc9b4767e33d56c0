// What looking for one thing in a story can give: it is there, it is not there, or nobody could have seen it.
import type { NodeEvent } from '../../model/node-event.ts';
import type { EvidenceItem } from '../../model/run-record.ts';
import type { Story } from '../connections/story.ts';
import type { Wanted } from '../witness-words.ts';

export type Sighting =
  | { readonly seen: 'yes' | 'no'; readonly evidence: readonly EvidenceItem[] }
  /** The source that could have seen it did not run; null when no source of ours could. */
  | { readonly seen: 'unknown'; readonly missing: Wanted | null };

/** Looks for one thing. Pure. */
export type Look = (story: Story) => Sighting;

export const yes = (...evidence: readonly EvidenceItem[]): Sighting => ({ seen: 'yes', evidence });
export const no = (...evidence: readonly EvidenceItem[]): Sighting => ({ seen: 'no', evidence });
export const unknown = (missing: Wanted | null): Sighting => ({ seen: 'unknown', missing });
export const seenIf = (condition: boolean, ...evidence: readonly EvidenceItem[]): Sighting =>
  condition ? yes(...evidence) : no();

/** What is missing of the capture for this connection; null when nothing is. */
export function captureGap({ available, captureMissedIt }: Story): Wanted | null {
  if (available.has('capture')) return null;
  return captureMissedIt ? 'captured-reset' : 'capture';
}

/** What is missing where no entry of the connection is known. */
export const entriesGap = ({ available }: Story): Wanted =>
  available.has('conntrack-events') ? 'entries-of-connection' : 'conntrack-events';

/** What is missing where no server said that it accepted the connection. */
export const serverGap = ({ hasServerEvents }: Story): Wanted =>
  hasServerEvents ? 'accept-of-connection' : 'server-events';

/** A node's event as evidence: its own line, and where that line is kept. */
export function asEvidence({ source, at, text, file }: NodeEvent): EvidenceItem {
  return { source, at, text, file };
}

/** A conclusion from other lines, which is in nobody's file. */
export function conclusion(story: Story, text: string): EvidenceItem {
  return { source: 'diagnosis', at: story.incident.failed.at, text, file: null };
}
