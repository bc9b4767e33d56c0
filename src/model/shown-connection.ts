// The one connection that a finding shows: the way of its packets, as the evidence of the finding tells it.
import { parseMicros } from './clock.ts';
import type { ConntrackEvent } from './node-event.ts';
import { failureKinds } from './probe-event.ts';
import { z } from './schema.ts';

const name = z.string().max(300);
const endpoint = z.object({ address: name, port: z.number().int() });
const moment = z.string().refine((text) => !Number.isNaN(parseMicros(text)), 'is no time');
const rewriting = z.object({ before: endpoint, after: endpoint });

/** A conntrack entry as a packet from the client meets it: what it was before, what it is after. */
const crossingSchema = z.object({
  node: name,
  id: name.nullable(),
  /** When the entry was made; null when nobody saw that. */
  at: moment.nullable(),
  source: rewriting,
  target: rewriting,
});
export type Crossing = z.infer<typeof crossingSchema>;

export const shownConnectionSchema = z.object({
  class: z.string(),
  client: endpoint,
  target: endpoint,
  server: endpoint,
  /** The peer of the server's socket for this connection; null when the server's side was not recorded. */
  accepted: endpoint.nullable(),
  failure: z.enum(failureKinds),
  connectedAt: moment,
  lastGoodAt: moment,
  failedAt: moment,
  /** The change of a routing rule that the finding names; null when it names none. */
  rule: z
    .object({ node: name, text: z.string().max(1_000), at: moment, change: z.enum(['added', 'deleted']) })
    .nullable(),
  /** The way with the rule and the way without it, as far as each is known; one way when there is no rule. */
  passages: z
    .array(
      z.object({
        rulePresent: z.boolean().nullable(),
        crossings: z.array(crossingSchema).max(3),
        /** What arrives at the server's pod. */
        seen: endpoint,
      }),
    )
    .min(1)
    .max(2),
});
export type ShownConnection = z.infer<typeof shownConnectionSchema>;

/** The reply tuple of an entry says what the packet became: its reply goes the other way round. */
export function crossingOf(
  { node, original, reply }: Pick<ConntrackEvent, 'node' | 'original' | 'reply'>,
  made: Pick<ConntrackEvent, 'id' | 'at'> | null,
): Crossing {
  return {
    node,
    id: made?.id ?? null,
    at: made?.at ?? null,
    source: {
      before: { address: original.src, port: original.sport },
      after: { address: reply.dst, port: reply.dport },
    },
    target: {
      before: { address: original.dst, port: original.dport },
      after: { address: reply.src, port: reply.sport },
    },
  };
}
