// Which processes are a `kubectl proxy` on a socket.
import { readdirSync, readFileSync } from 'node:fs';

/** Their ids. */
export function proxiesOn(socket: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name))
    .filter((pid) => commandOf(pid).includes(`--unix-socket=${socket}`));
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
