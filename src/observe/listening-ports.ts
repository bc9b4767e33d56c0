// The TCP ports that a namespace listens on, from /proc/net/tcp and /proc/net/tcp6.
import { closeSync, openSync, readSync } from 'node:fs';

const listening = '0A';
const line = /^ *[0-9]+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} ([0-9A-F]{2}) /;

/**
 * Parses the beginning of such a file. The kernel lists the listening sockets first: `complete` tells that the text came to others,
 * so that no more of it is needed. A line that is cut off is passed over.
 */
export function parseListening(text: string): { ports: Set<number>; complete: boolean } {
  const ports = new Set<number>();
  for (const row of text.split('\n').slice(1)) {
    const [, port, state] = line.exec(row) ?? [];
    if (port === undefined) continue;
    if (state !== listening) return { ports, complete: true };
    ports.add(Number.parseInt(port, 16));
  }
  return { ports, complete: false };
}

/** The ports that the namespace of the process listens on, over IPv4 or IPv6. Throws when the process is gone. */
export function listeningPorts(proc: string): Set<number> {
  return new Set([...readPorts(`${proc}/net/tcp`), ...readPorts(`${proc}/net/tcp6`)]);
}

/** Stops where the connections begin: a node may have a hundred thousand. */
function readPorts(path: string): Set<number> {
  const fd = openSync(path, 'r');
  try {
    const piece = Buffer.alloc(4_096);
    let text = '';
    for (;;) {
      const length = readSync(fd, piece);
      text += piece.toString('latin1', 0, length);
      const { ports, complete } = parseListening(text);
      if (complete || length === 0) return ports;
    }
  } finally {
    closeSync(fd);
  }
}
