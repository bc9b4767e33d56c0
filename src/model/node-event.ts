// What a node's observers saw, parsed: one line of evidence/NODE.ndjson. Each event names the raw line it was read from.
import { base, processSchema, tupleSchema } from './event-base.ts';
import { kernelEventSchema } from './kernel-event.ts';
import {
  agentEventSchema,
  cgroupMemoryEventSchema,
  ipvsEntryEventSchema,
  kernelLogEventSchema,
  neighbourEventSchema,
} from './passing-event.ts';
import { z } from './schema.ts';
import { nameEventSchema, socketEventSchema } from './socket-event.ts';

/** One direction of a conntrack entry. */
export type Tuple = z.infer<typeof tupleSchema>;

/** Who moves a node's packets, as far as its own rules, chains and links tell. Null: they do not. */
export const dataplaneSchema = z.object({
  /** `iptables`, `ipvs`, `nftables`; several with `+` where rules of several stand. */
  kubeProxyMode: z.string().nullable(),
  /** netd's policy routing. */
  netd: z.boolean().nullable(),
  calico: z.boolean().nullable(),
  cilium: z.boolean().nullable(),
  /** Programs in eBPF that move or filter packets, by whose they are; absent where nobody looked. */
  ebpf: z
    .array(
      z.object({
        /** `Cilium`, `GKE Dataplane V2`, `Calico`; null for somebody whom their names do not tell. */
        owner: z.string().nullable(),
        /** Their names, each once; none where the owner's agent or its tables alone are here. */
        programs: z.array(z.string()),
      }),
    )
    .nullable()
    .optional(),
});
export type Dataplane = z.infer<typeof dataplaneSchema>;

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
    /** `listed`: it was there when the witness began, and nobody saw it made. */
    change: z.enum(['new', 'listed', 'update', 'destroy']),
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
    /** When the kernel made and ended the entry, in whole seconds; only on `destroy`, and only where the kernel keeps such times.
     * The line of an entry that expired is printed up to seconds after its end. */
    startedAt: z.string().optional(),
    stoppedAt: z.string().optional(),
  }),
  /** A TCP packet on one of the node's interfaces, kept because it is a RST or belongs to a flow that a RST ended. */
  z.object({
    event: z.literal('packet'),
    ...base,
    interface: z.string(),
    /** Seen from the node; `unknown` in captures from elsewhere whose link type does not tell. */
    direction: z.enum(['in', 'out', 'unknown']),
    /** As on the wire at this interface: before or after translation, whichever this side of the node sees. */
    tuple: tupleSchema,
    /** As tcpdump writes them: `S`, `S.`, `P.`, `.`, `F.`, `R`, `R.` */
    flags: z.string(),
    seq: z.number().int(),
    ack: z.number().int(),
    window: z.number().int(),
    ttl: z.number().int(),
    ipId: z.number().int(),
    dontFragment: z.boolean(),
    /** Length of the whole IP packet, and of its TCP payload. */
    ipLength: z.number().int(),
    payloadLength: z.number().int(),
    /** Null where the capture cut the options off. */
    hasTimestampOption: z.boolean().nullable(),
    /** Its data had been sent before; the copies of one transmission on several interfaces are one. */
    retransmission: z.boolean(),
    /** What somebody wrote beside it in the capture, and whose packet it is, where ptcpdump did. */
    comment: z.string().optional(),
    process: processSchema.optional(),
  }),
  /** A connection ended as it was used again: how long it had been silent before, and what others between the same two ends survived. */
  z.object({
    event: z.literal('lost-after-silence'),
    ...base,
    /** From whom what was said last. */
    tuple: tupleSchema,
    ended: z.enum(['reset', 'unanswered']),
    silenceMs: z.number(),
    /** An address, and ADDRESS:PORT, as they are on this leg. */
    client: z.string(),
    server: z.string(),
    /** So far, between these two: connections that ended so, and the shortest silence before that. */
    lost: z.number().int(),
    shortestLostMs: z.number(),
    /** The longest silence that each of the others survived, at most, that were used meanwhile: in falling order, of 64 connections. */
    livedMs: z.array(z.number()),
    /** That something ended all that was there, each time just before a use and after all other answers; 1 where one moment explains all. */
    coincidence: z.number(),
    /** The longest of all, those lost later, too: for certain, and at most. Who lists sockets now and then does not see when they speak. */
    longestSurvivedMs: z.number(),
    survivedAtMostMs: z.number(),
  }),
  /** A router or a host says of a TCP packet that it could not be delivered. */
  z.object({
    event: z.literal('icmp-error'),
    ...base,
    interface: z.string(),
    direction: z.enum(['in', 'out', 'unknown']),
    /** Of the error: who sends it, and to whom. */
    src: z.string(),
    dst: z.string(),
    /** ICMP's numbers where these addresses are IPv4, ICMPv6's where they are IPv6. */
    type: z.number().int(),
    code: z.number().int(),
    /** The longest packet that would pass, where that is the error and it is said. */
    mtu: z.number().int().nullable(),
    /** Of the packet that is quoted. */
    tuple: tupleSchema,
  }),
  /** Counters that moved since they were last read. `scope` is the node's name, or the address of one of its pods. */
  z.object({
    event: z.literal('counters'),
    ...base,
    scope: z.string(),
    /** When they were read before: the change happened between `since` and `at`. */
    since: z.string(),
    /** Name → increase. conntrack-stats: `found`, `invalid`, `insert_failed`, `drop`, `early_drop`, …; snmp: `TcpOutRsts`,
     * `TcpEstabResets`, `TcpRetransSegs`, `TcpExtTCPAbortOnData`, …; rule-counters: packets per rule, named
     * `TABLE CHAIN RULE-TEXT`. Gauges (`nf_conntrack_count`, `nf_conntrack_max`) are in `values`;
     * so is what kube-proxy's map refuses by rules that count nothing, named `FAMILY TABLE MAP KEY`: 1 since it is there, 0 when it is gone. */
    changes: z.record(z.string(), z.number()),
    values: z.record(z.string(), z.number()),
    /** Of rules whose chain, table or comment tells it: whose they are, by the names in `changes`. */
    owners: z.record(z.string(), z.string()).optional(),
  }),
  /** A listening TCP socket in the node or in one of its pods came or went. */
  z.object({
    event: z.literal('listener'),
    ...base,
    scope: z.string(),
    change: z.enum(['opened', 'closed']),
    port: z.number().int(),
    /** Of one that was closed: what became of the processes that had it; absent where nobody could look. */
    owner: z.enum(['ended', 'lives']).optional(),
  }),
  /** What a source says of itself: whether it runs, and what it lost. */
  z.object({
    event: z.literal('source'),
    ...base,
    /** `limited`: it goes on, but had to leave something out; `text` says what and why. */
    state: z.enum(['started', 'limited', 'stopped', 'failed', 'unavailable']),
    /** Messages or packets that it could not get; null when unknown. */
    lost: z.number().int().nullable(),
    /** What it cannot see though it watches just that, as `blindSpots` names it; absent where nothing is known to be hidden. */
    blindTo: z.array(z.string()).optional(),
    /** The addresses of the node's own network namespace but those of its loopback, as its witness began. */
    ownAddresses: z.array(z.string()).optional(),
    /**
     * All that a witness reads at intervals was read once more after that moment; what one hears of as it passes was kept until then.
     * In folders, as it stopped.
     */
    readUntil: z.string().optional(),
    /** What it takes beside what it is named for: `icmp-errors`, `oom-kills`. Absent where that was not said, which leaves it open. */
    takes: z.array(z.string()).optional(),
    /** The machine's boot id and its own network namespace; absent where another one was watched, or where that is not known. */
    machine: z.string().optional(),
  }),
  z.object({ event: z.literal('dataplane'), ...base, ...dataplaneSchema.shape }),
  kernelEventSchema,
  socketEventSchema,
  nameEventSchema,
  neighbourEventSchema,
  kernelLogEventSchema,
  cgroupMemoryEventSchema,
  ipvsEntryEventSchema,
  agentEventSchema,
]);

/**
 * `pods`: the namespaces of the node's pods. `reject`, `drop`: rules that do so without a counter of their own. `icmp-errors`: some of
 * those about TCP. `process-ends`, `oom-kills`, `resets-without-socket`, `listener-resets`: what a kernel's tracepoints do not tell.
 * `ebpf-conntrack`: connections that a dataplane in eBPF tracks in tables of its own.
 */
export const blindSpots = [
  'pods',
  'reject',
  'drop',
  'icmp-errors',
  'ebpf-conntrack',
  'process-ends',
  'oom-kills',
  'resets-without-socket',
  'listener-resets',
] as const;
export type BlindSpot = (typeof blindSpots)[number];

export type NodeEvent = z.infer<typeof nodeEventSchema>;
/** What a line says by itself, before it is told who read it and where it is kept. */
export type LineEvent<E extends NodeEvent = NodeEvent> = E extends unknown
  ? Omit<E, 'source' | 'text' | 'node' | 'file'>
  : never;
export type RuleChange = Extract<NodeEvent, { event: 'rule-changed' }>;
export type PacketEvent = Extract<NodeEvent, { event: 'packet' }>;
export type IcmpErrorEvent = Extract<NodeEvent, { event: 'icmp-error' }>;
export type SilenceEvent = Extract<NodeEvent, { event: 'lost-after-silence' }>;
export type CountersEvent = Extract<NodeEvent, { event: 'counters' }>;
export type SourceEvent = Extract<NodeEvent, { event: 'source' }>;
export type IpvsEntryEvent = Extract<NodeEvent, { event: 'ipvs-entry' }>;
export type ConntrackEvent = Extract<NodeEvent, { event: 'conntrack' }>;
