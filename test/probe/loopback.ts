// Sockets on loopback for tests: listeners that are told what to do with each connection, and raw clients.
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import type { TestContext } from 'node:test';

export interface Listener {
  readonly server: Server;
  readonly port: number;
  /** Accepted sockets, in order. */
  readonly sockets: Socket[];
}

/** Listens on 127.0.0.1 until the test is over. */
export async function listen(t: TestContext, serve: (socket: Socket) => void): Promise<Listener> {
  const sockets: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { server, port: (server.address() as AddressInfo).port, sockets };
}

/** A port on 127.0.0.1 that nobody listens on. */
export async function unusedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

export interface RawClient {
  readonly socket: Socket;
  /** `127.0.0.1:PORT` of its own end. */
  readonly end: string;
  /** All bytes so far; none come while the socket is paused. */
  readonly received: () => Buffer;
  /** How many they are, without putting them together. */
  readonly length: () => number;
}

/** Connects to 127.0.0.1 until the test is over. */
export async function dial(t: TestContext, port: number): Promise<RawClient> {
  const chunks: Buffer[] = [];
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  socket.on('error', () => undefined);
  let length = 0;
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
  });
  t.after(() => void socket.destroy());
  await once(socket, 'connect');
  // Taken now, because a socket that has ended no longer knows it.
  const end = `127.0.0.1:${socket.localPort ?? 0}`;
  return { socket, end, received: () => Buffer.concat(chunks), length: () => length };
}
