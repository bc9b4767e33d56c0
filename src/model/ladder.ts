// The last packets of a connection as the rungs between its two ends: what a reader of a capture looks for first.
import { parseMicros } from './clock.ts';
import { z } from './schema.ts';

const name = z.string().max(300);
const endpoint = z.object({ address: name, port: z.number().int() });
const moment = z.string().refine((text) => !Number.isNaN(parseMicros(text)), 'is no time');
const count = z.number().int().nonnegative();

/** So many fit on a screen. */
export const mostRungs = 14;

const rungSchema = z.object({
  at: moment,
  from: z.enum(['client', 'server']),
  /** As tcpdump writes them. */
  flags: z.string().max(16),
  /** Relative to the first number that its side was seen to send; null where the packet has none. */
  seq: z.number().int(),
  ack: z.number().int().nullable(),
  /** Of the payload, bytes. */
  length: count,
  /** Node, interface and direction of its first sighting. */
  where: name,
  /** All places where it was seen, in order of time, each once; absent in records of before that was told. */
  seen: z.array(name).max(12).optional(),
  /** `ending`: the RST that ended the connection. `again`: the same data was sent before. */
  mark: z.enum(['ending', 'again']).nullable(),
});
export type Rung = z.infer<typeof rungSchema>;

export const ladderSchema = z.object({
  /** The client's end as the client has it, and what it dialled. */
  client: endpoint,
  server: endpoint,
  lostAt: moment,
  /** Packets before and after these that are not told. */
  earlier: count,
  later: count,
  rungs: z.array(rungSchema).min(1).max(mostRungs),
  /**
   * By the end that sent them: every place that packets of this connection were seen at on their way, in its order. Absent where the
   * capture may have missed some, so that not to be seen there says nothing.
   */
  usual: z.object({ client: z.array(name).max(12), server: z.array(name).max(12) }).optional(),
});
export type Ladder = z.infer<typeof ladderSchema>;

/**
 * The next place on the usual way, where a packet that was seen at these did not come. Null where it went to the end or left the
 * usual way, and where nobody can tell.
 */
export function missedAt(seen: readonly string[], usual: readonly string[]): string | null {
  const last = seen.at(-1);
  const furthest = last === undefined ? -1 : usual.indexOf(last);
  return furthest < 0 ? null : (usual[furthest + 1] ?? null);
}
