// The IPv4 neighbours of a namespace, from /proc/PID/net/arp: it is read without entering the namespace, and without a program.

export interface ArpEntry {
  readonly address: string;
  readonly interface: string;
  /** Null for one that has not answered. */
  readonly mac: string | null;
}

/** ATF_COM, ATF_PUBL of the kernel. */
const [complete, published] = [0x2, 0x8];

/** Those that the namespace answers for itself are left out. */
export function parseArpTable(text: string): ArpEntry[] {
  return text
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [address, , flags, mac, , device] = line.trim().split(/\s+/);
      const bits = Number(flags);
      if (address === undefined || mac === undefined || device === undefined || (bits & published) !== 0)
        return [];
      return [{ address, interface: device, mac: (bits & complete) === 0 ? null : mac }];
    });
}
