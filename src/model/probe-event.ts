// Something one connection lived through, as one line of events.ndjson. Client and server write the same language.
import { z } from './schema.ts';

/** Why a connection ended or was never made. A closed set: a failed connection is data, not an exception. */
export const failureKinds = ['reset', 'refused', 'timeout', 'closed', 'unreachable', 'other'] as const;
export type FailureKind = (typeof failureKinds)[number];

/** What the client was doing: making the connection, waiting for its next tick, or waiting for an answer. */
export const phases = ['connecting', 'idle', 'awaiting'] as const;
export type Phase = (typeof phases)[number];

const base = {
  /** When, ISO 8601 with microseconds, by the writer's own clock. */
  at: z.string(),
  /** The event loop's delay at that moment, milliseconds: how late this process ran, and so how late `at` may be. */
  loopDelayMs: z.number().nonnegative(),
};

const clientBase = {
  ...base,
  role: z.literal('client'),
  class: z.string(),
  /** Number of this connection within its process; a reconnect gets a new one. */
  connection: z.number().int().nonnegative(),
  /** The slot that the connection fills, 0 … N-1; a reconnect keeps it. */
  slot: z.number().int().nonnegative(),
  /** ADDRESS:PORT; null before the kernel has given a port. */
  local: z.string().nullable(),
  remote: z.string(),
};

const serverBase = { ...base, role: z.literal('server'), local: z.string() };

const lifetime = {
  livedMs: z.number().nonnegative(),
  answers: z.number().int().nonnegative(),
};

const failure = {
  failure: z.enum(failureKinds),
  /** `ECONNRESET`, `EOF` for an orderly close by the peer, … */
  errno: z.string(),
  syscall: z.string(),
};

export const probeEventSchema = z.discriminatedUnion('event', [
  z.object({ event: z.literal('connected'), ...clientBase, connectMs: z.number().nonnegative() }),
  z.object({
    event: z.literal('answered'),
    ...clientBase,
    /** From sending to the answer's last byte. */
    latencyMs: z.number().nonnegative(),
    /** How much later than due it was sent. */
    lateMs: z.number().nonnegative(),
    answers: z.number().int().positive(),
  }),
  z.object({
    event: z.literal('failed'),
    ...clientBase,
    ...failure,
    phase: z.enum(phases),
    ...lifetime,
    /** When the last good answer came (or the connection was made); null when it never connected. */
    lastGoodAt: z.string().nullable(),
    /** For how long an answer had been waited for; absent where none was, and in events of before this was said. */
    waitedMs: z.number().nonnegative().optional(),
    /** The slot had had an answer, on this connection or on one before it; absent in events of before this was said. */
    slotAnswered: z.boolean().optional(),
  }),
  /** We ended the connection ourselves at the end of the run. */
  z.object({ event: z.literal('finished'), ...clientBase, ...lifetime }),
  z.object({ event: z.literal('listening'), ...serverBase }),
  z.object({ event: z.literal('accepted'), ...serverBase, peer: z.string() }),
  z.object({ event: z.literal('ended'), ...serverBase, peer: z.string(), ...failure, ...lifetime }),
]);

export type ProbeEvent = z.infer<typeof probeEventSchema>;
export type ClientEvent = Extract<ProbeEvent, { role: 'client' }>;
export type ServerEvent = Extract<ProbeEvent, { role: 'server' }>;
export type FailedEvent = Extract<ProbeEvent, { event: 'failed' }>;

/**
 * An attempt that failed before its slot had ever had an answer: no connection was lost, and nothing is to be explained. A new
 * Service refuses until every node's kube-proxy has programmed it. A slot that is never answered is another matter, and said.
 */
export function isBeforeFirstAnswer({ slotAnswered }: FailedEvent): boolean {
  return slotAnswered === false;
}
