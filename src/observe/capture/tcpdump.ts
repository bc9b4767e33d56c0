// tcpdump's syntax: how a node is captured, and what tcpdump says of itself on stderr.

export interface CaptureScope {
  /** `all`: every TCP packet. `flags`: those that open and end connections, and every one of `ports`. */
  readonly packets: 'all' | 'flags';
  readonly ports: readonly number[];
  /** Hands each packet on at once instead of up to a second later; costs a wake-up for each. */
  readonly immediate: boolean;
}

/** Enough for the link layer, the longest IPv6 header without extensions and all TCP options. */
const snapLength = 128;

/** The filter in pcap-filter(7)'s language. tcp[…] is IPv4 only, so IPv6's flags are looked up by their place. */
export function captureFilter({ packets, ports }: CaptureScope): string {
  if (packets === 'all') return 'tcp';
  const flags = ['tcp[tcpflags] & (tcp-syn|tcp-fin|tcp-rst) != 0', '(ip6[6] == 6 and ip6[53] & 7 != 0)'];
  return [...flags, ...ports.map((port) => `tcp port ${port}`)].join(' or ');
}

export function tcpdumpArgv(scope: CaptureScope): string[] {
  return [
    ...['tcpdump', '-n', '-i', 'any', '-y', 'LINUX_SLL2', '-w', '-', '-U'],
    ...['--time-stamp-precision=nano', '-s', String(snapLength), '-B', '8192'],
    ...(scope.immediate ? ['--immediate-mode'] : []),
    captureFilter(scope),
  ];
}

/** True once tcpdump has said that it captures. */
export const saysListening = (stderr: string): boolean => /^tcpdump: listening on /m.test(stderr);

/**
 * Packets that tcpdump did not get, as it says when it ends; null when it did not say. Those that the kernel dropped are among the
 * received ones, and so are those that still waited to be read when it was stopped.
 */
export function lostPackets(stderr: string): number | null {
  const count = (what: string) => {
    const match = new RegExp(`^([0-9]+) packets? ${what}`, 'm').exec(stderr);
    return match === null ? null : Number(match[1]);
  };
  const dropped = count('dropped by kernel');
  if (dropped === null) return null;
  return Math.max(dropped, (count('received by filter') ?? 0) - (count('captured') ?? 0));
}
