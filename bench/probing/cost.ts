// CPU per paced probe, and memory per connection, of one side of one program; the other side is always the same one.
import { setTimeout as sleep } from 'node:timers/promises';
import { start, type Measured } from './process.ts';
import type { Contender, Side } from './programs.ts';
import { countListeners, countSockets } from './sockets.ts';

export interface Cost {
  /** Of the process and its children, per probe that was answered in the window. */
  readonly microsPerProbe: number;
  /** Private memory beyond what the process has with ten connections. */
  readonly kibPerConnection: number;
  readonly idleMib: number;
}

export interface Load {
  readonly connections: number;
  readonly periodMs: number;
  readonly windowMs: number;
}

let nextPort = 20_100;

/** Below the kernel's range for outgoing connections, each once, so that no TIME_WAIT of an earlier round is in the way. */
export function freshPort(): number {
  return nextPort++;
}

/** @param other Serves where the client is measured, and is the client where the server is. */
export async function costOf(subject: Contender, side: Side, other: Contender, load: Load): Promise<Cost> {
  const port = freshPort();
  const { connections, periodMs, windowMs } = load;
  const server = start((side === 'server' ? subject : other).server(port));
  await listening(port, server);
  const clients = side === 'client' ? subject : other;
  const few = start(clients.client(port, 10, 500));
  await established(port, 10, few);
  await sleep(1_000);
  const idleKib = (side === 'client' ? few : server).privateKib();
  await few.end();

  const many = start(clients.client(port, connections, periodMs));
  await established(port, connections, many);
  // The references wait a second before their first probe.
  await sleep(1_500);
  const measured = side === 'client' ? many : server;
  const before = { cpu: measured.cpuSeconds(), probes: countSockets(port).probes };
  await sleep(windowMs);
  const after = { cpu: measured.cpuSeconds(), probes: countSockets(port).probes };
  const kib = measured.privateKib() - idleKib;
  await many.end();
  await server.end();
  return {
    microsPerProbe: ((after.cpu - before.cpu) / (after.probes - before.probes)) * 1e6,
    kibPerConnection: kib / connections,
    idleMib: idleKib / 1_024,
  };
}

/** Resolves when the program listens on the port. */
async function listening(port: number, server: Measured): Promise<void> {
  for (let looks = 0; looks < 100; looks++) {
    if (countListeners(port) > 0) return;
    server.check();
    await sleep(100);
  }
  throw new Error(`nobody listened on port ${port} after ten seconds`);
}

export async function established(port: number, connections: number, client: Measured): Promise<void> {
  for (let looks = 0; looks < 240; looks++) {
    if (countSockets(port).established >= connections) return;
    client.check();
    await sleep(250);
  }
  throw new Error(`${connections} connections were not there after a minute`);
}
