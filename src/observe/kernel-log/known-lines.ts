// What lines of the kernel's log mean that bear on connections. Its words differ between versions; of each those of 4.x to 6.x are known.
import type { KernelLogKind } from '../../model/passing-event.ts';

export interface KnownLine {
  readonly kind: KernelLogKind;
  readonly interface?: string;
  readonly address?: string;
  readonly port?: number;
  readonly pid?: number;
  readonly command?: string;
  readonly cgroup?: string;
  /** The number of the network namespace that it names. */
  readonly namespace?: number;
}

type Read = (groups: Readonly<Record<string, string | undefined>>) => Omit<KnownLine, 'kind'>;

const nothing: Read = () => ({});
const onInterface: Read = ({ dev }) => optional({ interface: dev });
const ofProcess: Read = ({ pid, comm }) => optional({ pid: number(pid), command: comm });
/** A container's interface has the same name as the node's: only those lines of links are known that a device's driver writes. */
const driver = String.raw`^\S+ [0-9a-f]{4}:[0-9a-f:.]+ (?<dev>[^\s:]+):`;

const lines: readonly (readonly [KernelLogKind, RegExp, Read])[] = [
  [
    'conntrack-full',
    /^(?:nf_conntrack: )+table full(?: in netns (?<netns>[0-9]+))?, dropping packet/,
    ({ netns }) => optional({ namespace: number(netns) }),
  ],
  [
    'syn-flood',
    // request_sock_TCPv6, and of MPTCP request_sock_subflow_v4.
    /request_sock_\w+: Possible SYN flooding on port (?:\[?(?<address>[0-9a-f.:]*?)\]?[.:])?(?<port>[0-9]+)\. /,
    ({ address, port }) => optional({ address: nonEmpty(address), port: number(port) }),
  ],
  [
    'neighbour-overflow',
    /^(?:neighbour: )?\w*: ?neighbou?r table overflow|^Neighbour table overflow/i,
    nothing,
  ],
  ['tcp-memory', /^(?:TCP: )?out of memory -- consider tuning tcp_mem|^Out of socket memory/, nothing],
  ['too-many-orphans', /^(?:TCP: )?too many (?:of )?orphaned sockets/, nothing],
  ['time-wait-overflow', /^(?:TCP: )?time wait bucket table overflow/, nothing],
  [
    'duplicate-address',
    /^(?:IPv6: )?(?<dev>\S+): IPv6 duplicate address (?<address>\S+) (?:used by \S+ )?detected!/,
    ({ dev, address }) => optional({ interface: dev, address }),
  ],
  [
    'martian-source',
    /^(?:IPv4: )?martian source (?<address>\S+) from \S+, on dev (?<dev>\S+)/,
    ({ dev, address }) => optional({ interface: dev, address }),
  ],
  ['link-up', new RegExp(`${driver}.*\\blink (?:is )?up\\b`, 'i'), onInterface],
  ['link-down', new RegExp(`${driver}.*\\blink (?:is )?down\\b`, 'i'), onInterface],
  [
    'transmit-timeout',
    /NETDEV WATCHDOG:? (?:CPU: [0-9]+: )?(?<dev>\S+) \(.*transmit queue [0-9]+ timed out/,
    onInterface,
  ],
  [
    'ipvs-no-destination',
    /^IPVS: \w+: (?:TCP|SCTP) (?<address>.+):(?<port>[0-9]+) - no destination available/,
    ({ address, port }) => optional({ address: address?.replace(/^\[|\]$/g, ''), port: number(port) }),
  ],
  // Once; the line before it, which older kernels lack, tells the cgroup.
  [
    'oom-kill',
    /^(?:Memory cgroup out of memory|Out of memory(?: \(\w+\))?): Killed process (?<pid>[0-9]+),? \((?<comm>.*)\),? /,
    ofProcess,
  ],
  ['segfault', /^(?<comm>.*)\[(?<pid>[0-9]+)\]: segfault at /, ofProcess],
  ['segfault', /^traps: (?<comm>.*)\[(?<pid>[0-9]+)\] (?:general protection|trap )/, ofProcess],
  [
    'allocation-failure',
    /^(?<comm>.*): page allocation failure: order:/,
    ({ comm }) => optional({ command: comm }),
  ],
  ['hung-task', /^INFO: task (?<comm>.*):(?<pid>[0-9]+) blocked (?:in .* )?for more than /, ofProcess],
  [
    'soft-lockup',
    /^watchdog: BUG: soft lockup - CPU#[0-9]+ stuck for .* \[(?<comm>.*):(?<pid>[0-9]+)\]/,
    ofProcess,
  ],
  ['cpu-stall', /^rcu: INFO: \w+ (?:self-)?detected (?:expedited )?stalls? on CPU/, nothing],
];

/** Undefined for every other line. */
export function readKnownLine(text: string): KnownLine | undefined {
  for (const [kind, pattern, read] of lines) {
    const match = pattern.exec(text);
    if (match !== null) return { kind, ...read(match.groups ?? {}) };
  }
  return undefined;
}

/** The line in which newer kernels sum up a kill, just before it. */
export function readKillSummary(text: string): { readonly pid: number; readonly cgroup: string } | undefined {
  const [, cgroup, pid] =
    /^oom-kill:constraint=.*,task_memcg=(.*),task=.*,pid=([0-9]+),uid=[0-9]+$/.exec(text) ?? [];
  return cgroup === undefined ? undefined : { pid: Number(pid), cgroup };
}

const number = (text: string | undefined) => (text === undefined ? undefined : Number(text));
const nonEmpty = (text: string | undefined) => (text === '' ? undefined : text);

/** Without what is undefined. */
function optional(fields: { [K in keyof KnownLine]?: KnownLine[K] | undefined }): Omit<KnownLine, 'kind'> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
