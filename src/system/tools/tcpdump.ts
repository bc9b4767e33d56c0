// tcpdump's syntax: how a node is captured, and what tcpdump says of itself on stderr.
import { isRefusal } from '../refusal-words.ts';

export interface CaptureScope {
  /** `all`: every TCP packet. `flags`: those that open and end connections, and every one of `ports`. */
  readonly packets: 'all' | 'flags';
  readonly ports: readonly number[];
  /** Hands each packet on at once instead of up to a second later; costs a wake-up for each. */
  readonly immediate: boolean;
  /** `ring`: those of `ports` are held in memory, as long as there is room, and looked at of connections in trouble alone. Default: all are. */
  readonly data?: 'ring';
}

/** Enough for the link layer, the longest IPv6 header without extensions and all TCP options. */
const snapLength = 128;

/** Errors that routers and hosts send of packets that they do not deliver: unreachable, time exceeded; of IPv6 too big as well. */
const icmpErrors = ['icmp[0] == 3', 'icmp[0] == 11', '(ip6[6] == 58 and ip6[40] >= 1 and ip6[40] <= 3)'];

/**
 * The filter in pcap-filter(7)'s language. tcp[…] is IPv4 only, so IPv6's flags are looked up by their place. ICMP errors are taken in
 * any case: they are few, since kernels send no more than a bounded number a second.
 */
export function captureFilter({ packets, ports }: CaptureScope): string {
  if (packets === 'all') return ['tcp', ...icmpErrors].join(' or ');
  const flags = ['tcp[tcpflags] & (tcp-syn|tcp-fin|tcp-rst) != 0', '(ip6[6] == 6 and ip6[53] & 7 != 0)'];
  return [...flags, ...icmpErrors, ...ports.map((port) => `tcp port ${port}`)].join(' or ');
}

/** Every packet of these ports: those that open and end connections, too, by which it is known how far a ring has come. */
export const ringFilter = (ports: readonly number[]): string =>
  ports.map((port) => `tcp port ${port}`).join(' or ');

/**
 * Writes them to its stdout, by pieces, as late as it likes, and all that it has when it gets a SIGUSR2. On a SIGUSR1 it says its counts.
 * @param asRoot As of tcpdumpArgv.
 */
export function ringTcpdumpArgv(ports: readonly number[], asRoot = process.getuid?.() === 0): string[] {
  return [...beginning(asRoot), '-w', '-', ...reading, ringFilter(ports)];
}

/** @param asRoot Whether we are root: then it stays so. What it does as root is to copy packets, and none of them is decoded. */
export function tcpdumpArgv(scope: CaptureScope, asRoot = process.getuid?.() === 0): string[] {
  return [
    ...[...beginning(asRoot), '-w', '-', '-U', ...reading],
    ...(scope.immediate ? ['--immediate-mode'] : []),
    captureFilter(scope),
  ];
}

const beginning = (asRoot: boolean): string[] => [
  // Debian's build would become the user `tcpdump`, which takes SETUID and SETGID; whoever has no KILL could then not even end it.
  // Staying root it still sets root's groups, for which SETGID is enough.
  ...['tcpdump', ...(asRoot ? ['-Z', 'root'] : []), '-n', '-i', 'any', '-y', 'LINUX_SLL2'],
];

const reading = ['--time-stamp-precision=nano', '-s', String(snapLength), '-B', '8192'];

/** True once tcpdump has said that it captures. */
export const saysListening = (stderr: string): boolean => /^tcpdump: listening on /m.test(stderr);

/** Why it ended, from its last words; with what it takes, where those do not tell. */
export function whyEnded(lastWords: string): string {
  if (/Couldn't change to '/.test(lastWords))
    return 'no packets are seen: tcpdump, as root, sets its groups, and it takes the capability SETGID';
  if (isRefusal(lastWords)) return 'no packets are seen: to capture them it takes CAP_NET_RAW';
  return lastWords;
}

/** What tcpdump has counted so far. */
export interface CaptureCounts {
  readonly captured: number;
  /** By the kernel for it: those that it has captured, those that still wait for it, and those that were dropped. */
  readonly received: number;
  readonly dropped: number;
}

/** The last counts in what tcpdump said, at its end or when asked by SIGUSR1; null when there are none. */
export function captureCounts(stderr: string): CaptureCounts | null {
  const counts =
    /([0-9]+) packets? captured,?\s+([0-9]+) packets? received by filter,?\s+([0-9]+) packets? dropped by kernel/g;
  const last = [...stderr.matchAll(counts)].at(-1);
  if (last === undefined) return null;
  return { captured: Number(last[1]), received: Number(last[2]), dropped: Number(last[3]) };
}

/**
 * Packets of which it did not get as many as the kernel counted, and was not to get: those that go out by the loopback, which libpcap
 * passes over since they come in there as well, so `looped` is how many did; and, once it had caught up and was to end, those that came
 * while it ended.
 */
export interface NotLost {
  readonly looped: number;
  readonly hadCaughtUp: boolean;
}

/** Packets that it did not get: dropped by the kernel, or still waiting when it was stopped. */
export function lostPackets(counts: CaptureCounts, notLost: NotLost): number {
  return notLost.hadCaughtUp ? counts.dropped : Math.max(counts.dropped, waiting(counts, notLost.looped));
}

/** Whether it has all that the kernel has for it, but those that go out by the loopback. */
export const hasCaughtUp = (counts: CaptureCounts, looped: number): boolean =>
  waiting(counts, looped) <= counts.dropped;

const waiting = ({ captured, received }: CaptureCounts, looped: number): number =>
  received - captured - looped;
