// The same keep-alive as Go's, since it decides what the kernel and every NAT on the way see of an idle connection.
import type { Socket } from 'node:net';

const usualMs = 15_000;
const probes = 9;

/**
 * Go's net package turns keep-alive on for what it dials and accepts: first probe after 15 s of silence, then every 15 s, and
 * Linux's default of 9 unanswered ones. It keeps conntrack entries young and notices a dead peer; without it we would not
 * repeat the original's experiment. Node.js before 24.19 ignores the last two and uses 1 s and 10.
 */
export function keepAlive(socket: Socket, everyMs = usualMs): void {
  socket.setKeepAlive(true, everyMs, everyMs, probes);
}
