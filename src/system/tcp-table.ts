// The kernel's own table of TCP sockets in the network namespace of a process: who listens, and who is connected.
import { readFileSync } from 'node:fs';

export interface TcpSocket {
  readonly localPort: number;
  readonly remotePort: number;
  readonly state: 'established' | 'listening' | 'other';
}

/** Parses /proc/PID/net/tcp or tcp6. Lines that are none are passed over. */
export function parseTcpTable(text: string): TcpSocket[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:([0-9A-F]{4}) ([0-9A-F]{2}) /.exec(line);
    if (match === null) return [];
    const [, local = '', remote = '', state = ''] = match;
    return [
      {
        localPort: Number.parseInt(local, 16),
        remotePort: Number.parseInt(remote, 16),
        state: states[state] ?? 'other',
      },
    ];
  });
}

/** As include/net/tcp_states.h numbers them. */
const states: Readonly<Record<string, 'established' | 'listening' | undefined>> = {
  '01': 'established',
  '0A': 'listening',
};

/** Both families; none when the process is gone. */
export function tcpSocketsOf(pid: number): TcpSocket[] {
  return ['tcp', 'tcp6'].flatMap((table) => {
    try {
      return parseTcpTable(readFileSync(`/proc/${pid}/net/${table}`, 'utf8'));
    } catch {
      return [];
    }
  });
}
