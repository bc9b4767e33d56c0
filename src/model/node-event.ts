// What a node's observers saw, parsed: one line of evidence/NODE.ndjson. Each event names the raw line it was read from.
import { z } from './schema.ts';

const tupleSchema = z.object({
  src: z.string(),
  dst: z.string(),
  sport: z.number().int(),
  dport: z.number().int(),
});
/** One direction of a conntrack entry. */
export type Tuple = z.infer<typeof tupleSchema>;

const base = {
  /** ISO 8601 with microseconds. */
  at: z.string(),
  node: z.string(),
  /** Which observer; also the `source` of evidence in findings. */
  source: z.enum(['ip-monitor', 'conntrack-events']),
  /** The line as the tool printed it. */
  text: z.string(),
  /** The raw file it is in, relative to the run's folder. */
  file: z.string(),
};

export const nodeEventSchema = z.discriminatedUnion('event', [
  z.object({
    event: z.literal('rule-changed'),
    ...base,
    change: z.enum(['added', 'deleted']),
    preference: z.number().int(),
    /** The selector as iproute2 prints it: `not from all iif eth0`. */
    selector: z.string(),
    /** The table that is looked up; null for other actions. */
    table: z.string().nullable(),
  }),
  z.object({
    event: z.literal('route-changed'),
    ...base,
    change: z.enum(['added', 'deleted']),
    route: z.string(),
  }),
  z.object({
    event: z.literal('link-changed'),
    ...base,
    change: z.enum(['changed', 'deleted']),
    link: z.string(),
    state: z.string().nullable(),
  }),
  z.object({
    event: z.literal('conntrack'),
    ...base,
    change: z.enum(['new', 'update', 'destroy']),
    protocol: z.string(),
    /** TCP state that the entry has now, if printed. */
    state: z.string().nullable(),
    original: tupleSchema,
    reply: tupleSchema,
    id: z.string().nullable(),
    /** True when a program deleted the entry (the kernel marks such a DESTROY with USERSPACE). */
    deletedByProgram: z.boolean(),
    /** Netlink port id of the deleter, as far as printed. */
    portid: z.string().nullable(),
  }),
]);

export type NodeEvent = z.infer<typeof nodeEventSchema>;
export type RuleChange = Extract<NodeEvent, { event: 'rule-changed' }>;
export type ConntrackEvent = Extract<NodeEvent, { event: 'conntrack' }>;
