// What the kernel's tracepoints tell of a connection's end. Only what belongs to the node's own namespaces becomes an event.
import { base, processSchema, tupleSchema } from './event-base.ts';
import { z } from './schema.ts';

/** The tracepoints that are listened to, by what they tell. */
const tracepoints = [
  'send-reset',
  'receive-reset',
  'destroy-socket',
  'retransmit',
  'retransmit-synack',
  'set-state',
  'socket-error',
  'drop',
  'icmp-send',
  'signal',
  'process-exit',
  'oom-victim',
] as const;

export const kernelEventSchema = z.object({
  event: z.literal('kernel'),
  ...base,
  tracepoint: z.enum(tracepoints),
  /**
   * `process`: a system call of `process` did it. `interrupt`: it happened while `process` was interrupted, who has nothing to do
   * with it.
   */
  context: z.enum(['process', 'interrupt']),
  process: processSchema.nullable(),
  /** Of `signal`, `process-exit` and `oom-victim`: the process that ends. Told where one of the node's sockets ended with it. */
  target: processSchema.nullable().optional(),
  /** That process, and the one that the line is of, as the kernel counts them: these numbers only tell which lines are of one. */
  targetTask: z.number().int().nullable().optional(),
  task: z.number().int().nullable().optional(),
  /** The socket's cookie, unique over all namespaces until the next boot; null where the tracepoint does not tell it. */
  cookie: z.string().nullable(),
  /** The socket's or packet's hashed address: the same again for another socket, but only after this one is destroyed. */
  socket: z.string().nullable(),
  packet: z.string().nullable(),
  /** `src` is the local end, for RSTs that came in, too; of a RST that no socket sent, the sender's. Null where none is printed. */
  tuple: tupleSchema.nullable(),
  /** TCP's state, as the kernel names it; of `set-state`, the one that ends. */
  state: z.string().nullable(),
  newState: z.string().nullable(),
  /** Why a RST was sent or a packet dropped, as the kernel names it; null in kernels that do not say. */
  reason: z.string().nullable(),
  /** Of `socket-error`, an errno; of `signal`, the signal. */
  number: z.number().int().nullable(),
  /** Functions, the innermost first, where the stack was traced. */
  stack: z.array(z.string()),
});
export type KernelEvent = z.infer<typeof kernelEventSchema>;
export type KernelTracepoint = KernelEvent['tracepoint'];
