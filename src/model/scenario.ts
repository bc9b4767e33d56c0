// A scenario: a topology, factors that can be switched off, variants, faults, fixes, and the outcome and cause to expect.
import type { Author } from './author.ts';
import type { Family } from './family.ts';
import type { FaultSpec } from './fault.ts';
import type { Plan } from './plan.ts';
import type { Outcome } from './run-record.ts';
import type { ClientClass, Topology } from './topology.ts';

/** Something with a name that the user can type, and one line that says what it is. */
export interface Named {
  readonly name: string;
  readonly about: string;
}

/** A program that runs on a node while the world lives and changes it; what each kind does, and when, is in lab/actors. */
export type ActorSpec =
  | { readonly kind: 'netd'; readonly node: string; readonly family?: Family }
  | {
      readonly kind: 'felix';
      readonly node: string;
      readonly family?: Family;
      /** The tables that this Felix believes to be its own; it takes the lowest for WireGuard. */
      readonly routeTableRange: readonly [number, number];
    };

/** What the user chose: which factors are on, which variant is run, which fix is applied. */
export interface Choice {
  readonly factors: Readonly<Record<string, boolean>>;
  readonly variant: string;
  readonly fix: string | null;
  /** How kube-proxy translates; set as the world is made. Default: by iptables. */
  readonly dataplane?: ServiceDataplane;
}

/** kube-proxy's modes that the lab has. */
export const serviceDataplanes = ['iptables', 'nftables'] as const;
export type ServiceDataplane = (typeof serviceDataplanes)[number];

/**
 * How clients reach the Service: by its own address; by a port of their own node, whose address they then come with; or by its own
 * address from the very pod that is behind it.
 */
export const serviceAccesses = ['clusterip', 'nodeport', 'hairpin'] as const;
export type ServiceAccess = (typeof serviceAccesses)[number];

/** How a server or a client ends connections of its own accord: with a FIN, with a RST, or by closing with input that it has not read. */
type CloseWith = 'fin' | 'reset' | 'unread';

/** A `netdebug server` in a pod. Times in milliseconds; what is not given is as `netdebug server` has it by default. */
export interface ServerSpec {
  /** What events, logs and faults call it. */
  readonly name: string;
  readonly pod: string;
  readonly port: number;
  readonly deadlineMs?: number;
  /** It closes a connection on which nothing was asked for so long after an answer. */
  readonly idleTimeoutMs?: number;
  readonly pushEveryMs?: number;
  readonly closeEveryMs?: number;
  readonly closeWith?: CloseWith;
  /** How many connections may wait for it to accept them. */
  readonly backlog?: number;
  /** Others listen on the same port, and the kernel deals out the connections. */
  readonly sharedPort?: true;
  readonly memory?: ServerMemory;
}

/** What a server uses of memory, and may use; at its limit the kernel kills it, and it is started again. MiB, and milliseconds. */
interface ServerMemory {
  readonly limitMiB: number;
  /** It takes so much each time, and lets it go. */
  readonly takeMiB: number;
  readonly takeEveryMs: number;
  /** So long it takes for that, and reads nothing meanwhile. */
  readonly takeForMs: number;
  readonly restartAfterMs: number;
}

/** A program beside a server in its pod that takes what comes for the server's port and hands it on over loopback. */
export interface ProxySpec {
  readonly name: string;
  readonly pod: string;
  /** Where it listens. */
  readonly port: number;
  /** The server's port. */
  readonly to: number;
}

/** A `netdebug client` in a pod, holding a class's connections. */
export interface ClientSpec extends ClientClass {
  /** For connecting, and for each answer. */
  readonly timeoutMs?: number;
  /** For connecting, where that is another time. */
  readonly connectTimeoutMs?: number;
  /** How long each question is, its newline included. Default: as long as the original's. */
  readonly payloadBytes?: number;
  /** Its connections' own periods, in turn, in place of the setup's. */
  readonly periodsMs?: readonly number[];
  /** It asks nothing on a connection that was idle for longer, and makes another. */
  readonly idleLimitMs?: number;
  /** From one of the kernel's keep-alive probes to the next; in whole seconds, which no speed divides. */
  readonly keepAliveMs?: number;
  /** How often it ends all its connections of its own accord, and how. */
  readonly closeEveryMs?: number;
  readonly closeWith?: CloseWith;
}

/** Everything needed to run a scenario once; pure data. All periods are the real ones; --speed divides them later. */
export interface Setup {
  readonly topology: Topology;
  readonly plan: Plan;
  readonly actors: readonly ActorSpec[];
  /** What happens to it, besides what the actors do. */
  readonly faults: readonly FaultSpec[];
  /** Started before the clients, in this order. */
  readonly servers: readonly ServerSpec[];
  /** Started after the servers. */
  readonly proxies?: readonly ProxySpec[];
  readonly clients: readonly ClientSpec[];
  readonly clientPeriodMs: number;
  /** Resets of one class no further apart than this have one trigger. Default: twice the clients' period. */
  readonly episodeWindowMs?: number;
}

export interface ScenarioDefaults {
  /** How many times faster than real its periods run. */
  readonly speed: number;
  /** How long a run takes at that speed; at another speed it takes as much longer or shorter. */
  readonly durationMs: number;
  /** Connections per class. */
  readonly connections: number;
  /** `none` is claimed when each class is shown to have fewer episodes than this per hour of scenario time. */
  readonly maxRatePerHour: number;
}

/** A part that kernels are built without now and then: the module that has it. */
export type KernelPart = 'ip_vs';

export interface Scenario extends Named {
  readonly factors: readonly Named[];
  /** At least one; the first is the default. */
  readonly variants: readonly [Named, ...Named[]];
  readonly fixes: readonly Named[];
  readonly defaults: ScenarioDefaults;
  /** True when kernel timers that cannot be scaled (retransmission, conntrack's seconds) are part of it: it runs at speed 1 only. */
  readonly realTime?: true;
  /** Why its server cannot be in the node's own network; absent when it can. */
  readonly needsPod?: string;
  /** Why it has no form with addresses of IPv6; absent when it has. */
  readonly needsIpv4?: string;
  /** What the kernel must have beyond what every scenario needs; absent where that is nothing. */
  readonly needsKernel?: KernelPart;
  /** Why a choice has no form with kube-proxy in mode nftables; undefined when it has. */
  readonly needsIptables?: (choice: Choice) => string | undefined;
  /** The verdict, which counts resets only: `none` may stand beside a cause that makes timeouts or closes. */
  expected(choice: Choice): Outcome;
  /** What a diagnosis ought to find; null for nothing. It never sees this. */
  expectedCause(choice: Choice): string | null;
  /** Whom it ought to name for having ended the connections: any of these is right. Empty exactly where no cause is expected. */
  expectedAuthor(choice: Choice): readonly Author[];
  /** What the same fault does to a few connections by its nature, in another way than to most; absent where that is nothing. */
  readonly besides?: readonly { readonly cause: string; readonly author: Author }[];
  /** @param whose Programs that are not ours wait as long as the kernel does, or less: what must outlast them is longer for them. */
  setup(choice: Choice, whose?: 'probes' | 'foreign'): Setup;
}
