// Whether an observer is listening and has lost nothing, read from the kernel's own table of netlink sockets.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export interface NetlinkSocket {
  /** 0 = route (ip monitor), 12 = netfilter (conntrack). */
  readonly protocol: number;
  readonly portid: number;
  /** Bit mask of the multicast groups that it has joined; 0 when it listens to none. */
  readonly groups: number;
  /** Bytes that wait to be read. */
  readonly queued: number;
  /** Messages that the kernel could not deliver. */
  readonly drops: number;
  readonly inode: string;
}

/** Parses /proc/PID/net/netlink. Lines that are none are passed over. */
export function parseNetlinkSockets(text: string): NetlinkSocket[] {
  const sockets: NetlinkSocket[] = [];
  for (const line of text.split('\n').slice(1)) {
    const columns = line.trim().split(/\s+/);
    if (columns.length < 10) continue;
    sockets.push({
      protocol: Number(columns[1]),
      portid: Number(columns[2]),
      groups: Number.parseInt(columns[3] ?? '0', 16),
      queued: Number(columns[4]),
      drops: Number(columns[8]),
      inode: columns[9] ?? '',
    });
  }
  return sockets;
}

/** The netlink sockets in the network namespace that process `pid` lives in; none when it is gone. */
export function netlinkSocketsOf(pid: number): NetlinkSocket[] {
  try {
    // Such files are made as they are read: to hand that to another thread costs more than to do it.
    return parseNetlinkSockets(readFileSync(`/proc/${pid}/net/netlink`, 'utf8'));
  } catch {
    return [];
  }
}

/** Inodes of the sockets that process `pid` has open; none when it is gone. */
export function socketInodesOf(pid: number): Set<string> {
  const inodes = new Set<string>();
  try {
    for (const fd of readdirSync(`/proc/${pid}/fd`)) {
      const match = /^socket:\[([0-9]+)\]$/.exec(targetOf(`/proc/${pid}/fd/${fd}`));
      if (match?.[1] !== undefined) inodes.add(match[1]);
    }
  } catch {
    // The process is gone: it has no sockets.
  }
  return inodes;
}

function targetOf(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return '';
  }
}
