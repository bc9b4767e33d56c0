// The TCP ports that a namespace listens on, from /proc/net/tcp and /proc/net/tcp6.
import { closeSync, openSync, readSync } from 'node:fs';

const listening = '0A';
const line =
  /^ *[0-9]+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} ([0-9A-F]{2}) \S+ \S+ \S+ +[0-9]+ +[0-9]+ ([0-9]+)/;

/** The inodes of the sockets that listen, by port: a port that was closed and opened again has others. */
export type ListeningPorts = ReadonlyMap<number, ReadonlySet<string>>;

/**
 * Parses the beginning of such a file. The kernel lists the listening sockets first: `complete` tells that the text came to others,
 * so that no more of it is needed. A line that is cut off is passed over.
 */
export function parseListening(text: string): { ports: ListeningPorts; complete: boolean } {
  const ports = new Map<number, Set<string>>();
  for (const row of text.split('\n').slice(1)) {
    const [, port, state, inode] = line.exec(row) ?? [];
    if (port === undefined || inode === undefined) continue;
    if (state !== listening) return { ports, complete: true };
    const number = Number.parseInt(port, 16);
    ports.set(number, new Set(ports.get(number)).add(inode));
  }
  return { ports, complete: false };
}

/** The ports that the namespace of the process listens on, over IPv4 or IPv6. Throws when the process is gone. */
export function listeningPorts(proc: string): ListeningPorts {
  const all = [...readPorts(`${proc}/net/tcp`), ...readPorts(`${proc}/net/tcp6`)];
  const byPort = Map.groupBy(all, ([port]) => port);
  return new Map(
    [...byPort].map(([port, lists]) => [port, new Set(lists.flatMap(([, inodes]) => [...inodes]))]),
  );
}

/** What changed from one reading to the next; a port with none of its sockets left was closed, though another listens on it by now. */
export function listenerChanges(
  before: ListeningPorts,
  now: ListeningPorts,
): (readonly [change: 'opened' | 'closed', port: number])[] {
  const gone = (of: ListeningPorts, other: ListeningPorts) =>
    [...of].filter(([port, inodes]) => inodes.isDisjointFrom(other.get(port) ?? new Set()));
  return [
    ...gone(before, now).map(([port]) => ['closed', port] as const),
    ...gone(now, before).map(([port]) => ['opened', port] as const),
  ];
}

const readPorts = (path: string): ListeningPorts => parseListening(readListening(path)).ports;

/** Such a file up to where the connections begin, and some of those: a node may have a hundred thousand. Throws what the system refuses. */
export function readListening(path: string): string {
  const fd = openSync(path, 'r');
  try {
    const piece = Buffer.alloc(4_096);
    let text = '';
    for (;;) {
      const length = readSync(fd, piece);
      text += piece.toString('latin1', 0, length);
      if (length === 0 || parseListening(text).complete) return text;
    }
  } finally {
    closeSync(fd);
  }
}
