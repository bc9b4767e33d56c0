// What the client takes while next to nothing happens: ten connections with a probe every five seconds each.
import { setTimeout as sleep } from 'node:timers/promises';
import { established, freshPort, listening } from './cost.ts';
import { nanosBetween } from './cpu.ts';
import { start } from './process.ts';
import { netdebug } from './programs.ts';

const connections = 10;
const periodMs = 5_000;

/**
 * CPU nanoseconds per second of the client, one for each window. A window is one period, so that each has the same probes; the
 * first begins when all connections have had a few answers.
 */
export async function idleNanosPerSecond(windows: number): Promise<number[]> {
  const port = freshPort();
  const server = start(netdebug('server', '--host', '127.0.0.1', '-p', port));
  await listening(port, server);
  const client = start(netdebug('client', '-H', '127.0.0.1', '-p', port, '--connections', connections));
  await established(port, connections, client);
  await sleep(periodMs);
  const found: number[] = [];
  for (let window = 0; window < windows; window++) {
    const [before, beforeMs] = [client.cpu(), performance.now()];
    await sleep(periodMs);
    found.push(nanosBetween(before, client.cpu()) / ((performance.now() - beforeMs) / 1_000));
  }
  await client.end();
  await server.end();
  return found;
}
