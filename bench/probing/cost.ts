// CPU per paced probe, and memory per connection, of a client and of its server.
import { setTimeout as sleep } from 'node:timers/promises';
import { nanosBetween } from './cpu.ts';
import { start, type Measured } from './process.ts';
import type { Contender, Side } from './programs.ts';
import { countListeners, countSockets } from './sockets.ts';

export interface Cost {
  /** Of the process and its children, per probe that was answered in the window. */
  readonly nanosPerProbe: number;
  /** Memory that it has written, beyond what the process has with ten connections. */
  readonly kibPerConnection: number;
  /** The same with ten connections. */
  readonly idleMib: number;
}

export interface Load {
  readonly connections: number;
  readonly periodMs: number;
  readonly windowMs: number;
}

const few = 10;
let nextPort = 20_100;

/**
 * Below the kernel's range for outgoing connections, each once, so that no TIME_WAIT of an earlier round is in the way, and none
 * on which another program listens.
 */
export function freshPort(): number {
  while (countListeners(nextPort) > 0) nextPort++;
  return nextPort++;
}

export async function costOf(
  clients: Contender,
  servers: Contender,
  { connections, periodMs, windowMs }: Load,
): Promise<Record<Side, Cost>> {
  const port = freshPort();
  const server = start(servers.server(port));
  await listening(port, server);
  const small = start(clients.client(port, few, 500));
  await established(port, few, small);
  // Each has had its first answers, without which memory would be measured before it is used.
  await answered(port, 2 * few, small);
  const idleKib = { client: small.writtenKib(), server: server.writtenKib() };
  await small.end();

  const client = start(clients.client(port, connections, periodMs));
  // All dial over the first period; after it every connection has its place in the next.
  await established(port, connections, client);
  await sleep(500);
  const before = { client: client.cpu(), server: server.cpu(), probes: countSockets(port).probes };
  await sleep(windowMs);
  const after = { client: client.cpu(), server: server.cpu(), probes: countSockets(port).probes };
  const fullKib = { client: client.writtenKib(), server: server.writtenKib() };
  await client.end();
  await server.end();
  const probes = after.probes - before.probes;
  const cost = (side: Side): Cost => ({
    nanosPerProbe: nanosBetween(before[side], after[side]) / probes,
    kibPerConnection: (fullKib[side] - idleKib[side]) / connections,
    idleMib: idleKib[side] / 1_024,
  });
  return { client: cost('client'), server: cost('server') };
}

/** Resolves when the program listens on the port, with as many sockets as it has workers. */
export async function listening(port: number, server: Measured, workers = 1): Promise<void> {
  const what = `nobody listened on port ${port}`;
  await until(() => countListeners(port) >= workers, 25, 10_000, server, what);
  server.check();
}

export async function established(port: number, connections: number, client: Measured): Promise<void> {
  const what = `${connections} connections were not there`;
  await until(() => countSockets(port).established >= connections, 200, 60_000, client, what);
}

async function answered(port: number, probes: number, client: Measured): Promise<void> {
  await until(
    () => countSockets(port).probes >= probes,
    50,
    60_000,
    client,
    `${probes} probes were not answered`,
  );
}

async function until(
  isThere: () => boolean,
  everyMs: number,
  atMostMs: number,
  program: Measured,
  otherwise: string,
): Promise<void> {
  for (let waited = 0; waited < atMostMs; waited += everyMs) {
    if (isThere()) return;
    program.check();
    await sleep(everyMs);
  }
  throw new Error(`${otherwise} after ${atMostMs / 1_000} seconds`);
}
