// Whose a socket is and what it knew, and what addresses are called.
import { base, processSchema, tupleSchema } from './event-base.ts';
import { z } from './schema.ts';

export const socketEventSchema = z.object({
  event: z.literal('socket'),
  ...base,
  /** `seen`: in a list of all that there are. `destroyed`: its end, with what it knew then. */
  change: z.enum(['seen', 'destroyed']),
  /** The node's name, or the address of one of its pods. */
  scope: z.string(),
  cookie: z.string().nullable(),
  /** `src` is the local end; a peer that was forgotten already has port 0. */
  tuple: tupleSchema,
  state: z.string().nullable(),
  process: processSchema.nullable(),
  cgroup: z.string().nullable(),
  /**
   * How it is known whose it is: somebody has it open; it was accepted from a listener that they have open; it was made in their cgroup.
   * Null where nobody is known.
   */
  ownerBy: z.enum(['descriptor', 'listener', 'cgroup']).nullable().optional(),
  /** Whether this end connected or accepted. */
  side: z.enum(['client', 'server']).nullable().optional(),
  /** Bytes that the program had not read, and that the peer had not acknowledged. */
  unread: z.number().int().nullable(),
  unsent: z.number().int().nullable(),
  /** Milliseconds since it last sent data and last received some. */
  lastSentMs: z.number().int().nullable(),
  lastReceivedMs: z.number().int().nullable(),
  /**
   * What was the later of both: of a client that `sent`, nothing came after its last question; of a server that `received`, it said nothing
   * after the last question. Null for neither, and for both within one tick of the kernel's clock (1 to 10 ms).
   */
  lastData: z.enum(['sent', 'received']).nullable().optional(),
  /** Of an end: the peer has acknowledged its FIN, so that it closed in order, whoever closed first. */
  finAcknowledged: z.boolean().nullable().optional(),
  /** Of its whole life. */
  bytesSent: z.number().int().nullable(),
  bytesReceived: z.number().int().nullable(),
  retransmissions: z.number().int().nullable(),
  /** As ss prints the timer that runs: `on`, `keepalive`, `timewait`, `persist`; null for none. */
  timer: z.string().nullable(),
});

export const nameEventSchema = z.object({
  event: z.literal('name'),
  ...base,
  address: z.string(),
  /** Null for every port. */
  port: z.number().int().nullable(),
  kind: z.enum(['pod', 'service', 'node']),
  /** NAMESPACE/NAME, of a node its name. */
  name: z.string(),
});
