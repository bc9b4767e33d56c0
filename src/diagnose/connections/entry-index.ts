// The life of every conntrack entry that a node's events tell of, found by the tuple that made it.
import { parseMicros, type Micros } from '../../model/clock.ts';
import type { ConntrackEvent, Tuple } from '../../model/node-event.ts';

/** One entry from NEW to DESTROY. */
export interface Entry {
  readonly node: string;
  readonly original: Tuple;
  readonly reply: Tuple;
  /** The event that told of its making, if that was seen. */
  readonly made: ConntrackEvent | null;
  readonly madeAt: Micros;
  destroyed: ConntrackEvent | null;
  destroyedAt: Micros;
}

export interface EntryIndex {
  /** Entries of the flow from `src:sport` to `dst:dport` as it entered a node, oldest first. */
  find(src: string, sport: number, dst: string, dport: number): readonly Entry[];
  /** The latest entry whose answers go from `src:sport` to `dst:dport`. */
  toAnswer(src: string, sport: number, dst: string, dport: number): Entry | undefined;
  /** Entries of other flows, on the same node, whose answers go just where those of this one go; oldest first. */
  answeredAs(entry: Entry): readonly Entry[];
  /** Entries made by any packet of `src:sport`, whatever its destination, oldest first. */
  from(src: string, sport: number): readonly Entry[];
}

/**
 * Whether the entry was there at that moment of a connection's life. The line of one that the handshake made may have been printed
 * as much as `slack` too late: on a busy machine the first answer is sooner.
 */
export function wasThere({ made, madeAt }: Entry, at: Micros, slack: Micros): boolean {
  return madeAt <= (made?.state === 'SYN_SENT' ? at + slack : at);
}

/** Builds the index from events in order of time. An entry whose NEW was not seen counts as older than everything. */
export function indexEntries(events: readonly ConntrackEvent[]): EntryIndex {
  const byOriginal = new Map<string, Entry[]>();
  const bySource = new Map<string, Entry[]>();
  const byReply = new Map<string, Entry[]>();
  for (const event of events) {
    const key = tupleKey(event.original);
    const entries = byOriginal.get(key) ?? [];
    byOriginal.set(key, entries);
    let open = entries.findLast((entry) => entry.node === event.node && entry.destroyed === null);
    if (event.change === 'new' || open === undefined) {
      open = newEntry(event);
      entries.push(open);
      const replyKey = tupleKey(event.reply);
      const ofReply = byReply.get(replyKey);
      if (ofReply === undefined) byReply.set(replyKey, [open]);
      else ofReply.push(open);
      const source = sourceKey(event.original.src, event.original.sport);
      const ofSource = bySource.get(source);
      if (ofSource === undefined) bySource.set(source, [open]);
      else ofSource.push(open);
    }
    if (event.change === 'destroy') {
      open.destroyed = event;
      open.destroyedAt = parseMicros(event.at);
    }
  }
  return {
    find: (src, sport, dst, dport) => byOriginal.get(tupleKey({ src, dst, sport, dport })) ?? [],
    toAnswer: (src, sport, dst, dport) => byReply.get(tupleKey({ src, dst, sport, dport }))?.at(-1),
    answeredAs: ({ node, original, reply }) =>
      (byReply.get(tupleKey(reply)) ?? []).filter(
        (other) => other.node === node && tupleKey(other.original) !== tupleKey(original),
      ),
    from: (src, sport) => bySource.get(sourceKey(src, sport)) ?? [],
  };
}

function newEntry(event: ConntrackEvent): Entry {
  const isNew = event.change === 'new';
  return {
    node: event.node,
    original: event.original,
    reply: event.reply,
    made: isNew ? event : null,
    madeAt: isNew ? parseMicros(event.at) : Number.NEGATIVE_INFINITY,
    destroyed: null,
    destroyedAt: Number.POSITIVE_INFINITY,
  };
}

export const tupleKey = (tuple: Tuple): string => `${tuple.src}:${tuple.sport}>${tuple.dst}:${tuple.dport}`;
const sourceKey = (src: string, sport: number) => `${src}:${sport}`;
