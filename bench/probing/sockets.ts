// What the kernel counted on the sockets of one port: the same yardstick for every program, whatever it says of itself.
import { execFileSync } from 'node:child_process';

export interface SocketCount {
  readonly established: number;
  /** Probes whose every byte the peer's kernel has acknowledged, since the connections were made. */
  readonly probes: number;
}

const questionBytes = Buffer.byteLength('Soy todo oídos!\n');

/** Looks at the client's ends of the connections to this port. */
export function countSockets(port: number): SocketCount {
  const words = ['-tinHO', 'state', 'established', `( dport = :${port} )`];
  const text = execFileSync('ss', words, { encoding: 'utf8', maxBuffer: 256 * 1_048_576 });
  let established = 0;
  let bytes = 0;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    established += 1;
    // The SYN counts as one byte.
    bytes += Math.max(0, Number(/ bytes_acked:([0-9]+)/.exec(line)?.[1] ?? 1) - 1);
  }
  return { established, probes: bytes / questionBytes };
}

/** How many sockets listen on this port. */
export function countListeners(port: number): number {
  const text = execFileSync('ss', ['-tlnHO', `( sport = :${port} )`], { encoding: 'utf8' });
  return text.split('\n').filter((line) => line !== '').length;
}
