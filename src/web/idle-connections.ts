// Connections that have asked for nothing that is theirs to ask: of these the newest few are kept, so that no number of them shuts out the page.
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

export interface IdleConnections {
  /** It has asked for something of ours, and is bounded elsewhere. */
  asked(socket: Socket): void;
}

/** A browser opens a handful ahead of time. */
const mostIdle = 64;

export function boundIdleConnections(server: Server): IdleConnections {
  const idle = new Set<Socket>();
  server.on('connection', (socket) => {
    const [oldest] = idle;
    if (oldest !== undefined && idle.size >= mostIdle) {
      // Its own word that it is closed comes later.
      idle.delete(oldest);
      oldest.destroy();
    }
    idle.add(socket);
    socket.once('close', () => idle.delete(socket));
  });
  return { asked: (socket) => void idle.delete(socket) };
}
