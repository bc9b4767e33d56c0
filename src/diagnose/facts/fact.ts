// A fact about one lost connection: seen, not seen by a witness that would have seen it, or unknowable.
import type { NodeEvent } from '../../model/node-event.ts';
import type { EvidenceItem } from '../../model/run-record.ts';
import { formatMicros, isWritable } from '../../model/clock.ts';
import type { Story } from '../connections/story.ts';
import type { NodeWitness, Wanted } from '../witness-words.ts';

export type Fact =
  | { readonly seen: 'yes' | 'no'; readonly evidence: readonly EvidenceItem[] }
  /** The witness that could have told did not run there, or lost events; null when no witness of ours could. */
  | { readonly seen: 'unknown'; readonly missing: Wanted | null };

/** Looks for one fact. Pure. */
export type Look = (story: Story) => Fact;

export const yes = (...evidence: readonly EvidenceItem[]): Fact => ({ seen: 'yes', evidence });
export const no = (...evidence: readonly EvidenceItem[]): Fact =>
  evidence.length === 0 ? plainNo : { seen: 'no', evidence };

// Of each connection most is not seen, or cannot be known: thousands of connections share these.
const plainNo: Fact = Object.freeze({ seen: 'no', evidence: Object.freeze([]) });
const unknowns = new Map<Wanted | null, Fact>();

export function unknown(missing: Wanted | null): Fact {
  const known = unknowns.get(missing) ?? Object.freeze({ seen: 'unknown', missing } as const);
  unknowns.set(missing, known);
  return known;
}

export const seenIf = (condition: boolean, ...evidence: readonly EvidenceItem[]): Fact =>
  condition ? yes(...evidence) : no();

/** Not seen by a witness that ran here; which says nothing where it lost something, or did not run then. */
export function notSeen(story: Story, witness: NodeWitness): Fact {
  // What a dataplane in eBPF tracks or drops, it does not tell the kernel's own tables and rules.
  if (story.tracksElsewhere && ofKernelsTables.has(witness)) return unknown('ebpf-conntrack');
  if (story.someNodeIsUnwatched && ofTheNodeItself.has(witness)) return unknown('unwatched-node');
  if (story.lostSome(witness)) return unknown('what-was-lost');
  if (story.missedSome(witness)) return unknown('its-hours');
  return witness === 'conntrack-events' && mayBeBehind(story) ? unknown('later-conntrack-events') : no();
}

/** `conntrack -E` prints late, but in order: while it has told of nothing after the loss, what came before may still be on its way. */
const mayBeBehind = ({ carriers, nodes, lost }: Story): boolean =>
  [...carriers].some(
    (node) =>
      nodes.ran('conntrack-events', node) && !nodes.toldAfter('conntrack-events', node, lost.failedAt),
  );

const ofKernelsTables: ReadonlySet<NodeWitness> = new Set([
  'conntrack-events',
  'conntrack-stats',
  'rule-counters',
]);

/** Each node has entries, counters and rules of its own: those of a node that nobody watched may have brought the RST about. */
const ofTheNodeItself: ReadonlySet<NodeWitness> = new Set([...ofKernelsTables, 'ip-monitor']);

/** What is missing of the capture for this connection; null when nothing is. */
export function captureGap({ available, captureMissedIt }: Story): Wanted | null {
  if (available.has('capture')) return null;
  return captureMissedIt ? 'captured-reset' : 'capture';
}

/** What is missing where no entry of the connection is known. */
export function entriesGap({ available, tracksElsewhere }: Story): Wanted {
  if (tracksElsewhere) return 'ebpf-conntrack';
  return available.has('conntrack-events') ? 'entries-of-connection' : 'conntrack-events';
}

/** What is missing where no server said that it accepted the connection. */
export const serverGap = ({ hasServerEvents }: Story): Wanted =>
  hasServerEvents ? 'accept-of-connection' : 'server-events';

/** A node's event as evidence: its own line, and where that line is kept. */
export const asEvidence = (event: NodeEvent): EvidenceItem => new Line(event);

/** The line of a captured packet is written when it is asked for, and of thousands of connections one is shown. */
class Line implements EvidenceItem {
  readonly #event: NodeEvent;
  readonly source: EvidenceItem['source'];
  readonly at: string;
  readonly file: string;

  constructor(event: NodeEvent) {
    this.#event = event;
    this.source = event.source;
    this.at = event.at;
    this.file = event.file;
  }

  get text(): string {
    return this.#event.text;
  }
}

/** A line of the client's own account. */
export function clientLine({ lost }: Story, text: string, at = ''): EvidenceItem {
  return {
    source: 'client-events',
    at: at === '' ? momentOf(lost.failedAt) : at,
    text,
    file: 'events.ndjson',
  };
}

/** A conclusion from other lines, which is in nobody's file. */
export function conclusion({ lost }: Story, text: string): EvidenceItem {
  return { source: 'diagnosis', at: lost.report?.at ?? momentOf(lost.failedAt), text, file: null };
}

const momentOf = (at: number): string => (isWritable(at) ? formatMicros(at) : '');
