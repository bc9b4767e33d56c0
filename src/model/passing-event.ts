// What else happens on a node while connections pass by it: neighbours, the kernel's log, memory that ran out, agents that end.
import { base, processSchema, tupleSchema } from './event-base.ts';
import { z } from './schema.ts';

/** A neighbour moved to another link-layer address, does not answer, or answers again. */
export const neighbourEventSchema = z.object({
  event: z.literal('neighbour'),
  ...base,
  /** The node's name, or the address of one of its pods: whose neighbour it is. */
  scope: z.string(),
  change: z.enum(['moved', 'failed', 'recovered']),
  address: z.string(),
  interface: z.string(),
  /** Link-layer addresses as the kernel prints them; null where none was or is known. */
  macBefore: z.string().nullable(),
  mac: z.string().nullable(),
  /** As `ip neigh` prints it: `REACHABLE`, `FAILED`. Null where no tool told it. */
  state: z.string().nullable(),
  /** When it was last seen otherwise, where the table is read at intervals: it changed between `since` and `at`. */
  since: z.string().optional(),
});

const kernelLogKinds = [
  'oom-kill',
  'segfault',
  'conntrack-full',
  'syn-flood',
  'neighbour-overflow',
  'tcp-memory',
  'too-many-orphans',
  'time-wait-overflow',
  'duplicate-address',
  'martian-source',
  'link-up',
  'link-down',
  'transmit-timeout',
  'ipvs-no-destination',
  'allocation-failure',
  'hung-task',
  'soft-lockup',
  'cpu-stall',
] as const;
export type KernelLogKind = (typeof kernelLogKinds)[number];

/** A line of the kernel's log that bears on connections; all others are passed over. */
export const kernelLogEventSchema = z.object({
  event: z.literal('kernel-log'),
  ...base,
  kind: z.enum(kernelLogKinds),
  /** The node's name, or the address of one of its pods; empty for a kill that may be another node's on the same machine. */
  scope: z.string(),
  /** What the line names; null for what it does not. */
  interface: z.string().nullable(),
  address: z.string().nullable(),
  port: z.number().int().nullable(),
  process: processSchema.nullable(),
  cgroup: z.string().nullable(),
});

/** The kernel killed processes of a cgroup because its memory, or the machine's, ran out. */
export const cgroupMemoryEventSchema = z.object({
  event: z.literal('cgroup-memory'),
  ...base,
  /** Whose processes alone were in it: the node's name, or the address of one of its pods. Absent where they are of several. */
  scope: z.string().optional(),
  cgroup: z.string(),
  container: z.string().nullable(),
  /** NAMESPACE/NAME */
  pod: z.string().nullable(),
  /** Processes that were killed between `since` and `at`. */
  kills: z.number().int(),
  since: z.string(),
});

/** A program that writes rules, routes or tables of the node: kube-proxy, a CNI plugin's agent. */
export const agentEventSchema = z.object({
  event: z.literal('agent'),
  ...base,
  /** `found`: it ran when watching began. */
  change: z.enum(['found', 'started', 'ended']),
  /** By the name of its executable: `kube-proxy`, `cilium-agent`. */
  agent: z.string(),
  process: processSchema,
  /** When the process began; several of one agent are told apart by it. */
  startedAt: z.string(),
  /** Of one that ended: when it was last seen alive. */
  since: z.string().optional(),
});

/** IPVS forgot a connection that was established: it is not in the table any more. */
export const ipvsEntryEventSchema = z.object({
  event: z.literal('ipvs-entry'),
  ...base,
  /** When it was last seen there: it went between `since` and `at`. */
  since: z.string(),
  /** Client → Service. */
  tuple: tupleSchema,
  /** Whom its packets were handed to. */
  endpoint: z.object({ address: z.string(), port: z.number().int() }),
  state: z.string(),
  /** What it had left to live when it was last seen, in whole seconds, rounded down; each packet makes it begin anew. */
  secondsLeft: z.number().int(),
});
