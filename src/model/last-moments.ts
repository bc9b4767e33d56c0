// How one lost connection ended: where its last packet stopped, what came back, and what kernels, sockets and programs told of it.
import { parseMicros } from './clock.ts';
import { failureKinds, phases } from './probe-event.ts';
import { z } from './schema.ts';

const name = z.string().max(300);
const endpoint = z.object({ address: name, port: z.number().int() });
const moment = z.string().refine((text) => !Number.isNaN(parseMicros(text)), 'is no time');

/** So many fit on a screen beside the packets. */
export const mostTold = 10;

const toldSchema = z.object({
  at: moment,
  /** Whose end; `node` for who answered in the name of one. */
  side: z.enum(['client', 'server', 'node']),
  /** Null where the program itself told it. */
  node: name.nullable(),
  /** `sent a RST (NO_SOCKET)`. */
  text: name,
  /** `ending`: this ended it. `again`: what had been sent before was sent again. */
  mark: z.enum(['ending', 'again']).nullable(),
});
export type Told = z.infer<typeof toldSchema>;

export const lastMomentsSchema = z.object({
  failure: z.enum(failureKinds),
  /** What the connection was for the client just then; null when that cannot be told. */
  phase: z.enum(phases).nullable(),
  /** The client's end as the client has it; null when no connection was made. */
  client: endpoint.nullable(),
  /** What it dialled. */
  target: endpoint,
  lostAt: moment,
  /** The last packet that nobody acknowledged and that did not come as far as others of this connection; null when none is known. */
  stopped: z
    .object({
      from: z.enum(['client', 'server']),
      at: moment,
      /** As tcpdump writes them. */
      flags: z.string().max(16),
      /** Node, interface and direction. */
      lastSeen: name,
      next: name,
    })
    .nullable(),
  /** The client's last data was seen to go into the server's pod; false where nobody could see that. */
  arrived: z.boolean(),
  /** What came in place of an answer, as captures and kernels show it; null when they do not. */
  answer: z.enum(['reset', 'icmp', 'close', 'nothing']).nullable(),
  told: z.array(toldSchema).max(mostTold),
  /** Told before these. */
  earlier: z.number().int().nonnegative(),
});
export type LastMoments = z.infer<typeof lastMomentsSchema>;
