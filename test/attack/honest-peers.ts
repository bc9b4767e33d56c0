// The servers that agents and clients hold connections to: honest until a case has them play something else.
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

export type Serve = (socket: Socket) => void;

export interface Peers {
  readonly port: number;
  /** Ends what is open and serves so from now on. */
  play(serve: Serve): void;
  beHonest(): void;
  /** Connections that were accepted since the last change of play. */
  accepted(): number;
  /** Questions that were answered honestly, ever. */
  answered(): number;
  close(): Promise<void>;
}

/** More are closed as they come: a case that wants a hundred thousand is about the program, not about us. */
const mostConnections = 1_000;

export async function startPeers(): Promise<Peers> {
  const sockets = new Set<Socket>();
  let accepted = 0;
  let answered = 0;
  const honest: Serve = (socket) => {
    socket.on('data', (chunk: Buffer) => {
      answered += 1;
      socket.write(`You said: ${chunk.toString('utf8')}`);
    });
  };
  let serve = honest;
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    accepted += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('end', () => socket.end());
    socket.once('close', () => sockets.delete(socket));
    serve(socket);
  });
  server.maxConnections = mostConnections;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const change = (to: Serve) => {
    serve = to;
    accepted = 0;
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    play: change,
    beHonest: () => change(honest),
    accepted: () => accepted,
    answered: () => answered,
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
