// What our client costs while next to nothing happens: ten connections on loopback, with the default settings.
//   node bench/probing/idle.ts [SECONDS]
import { setTimeout as sleep } from 'node:timers/promises';
import { established, freshPort, listening } from './cost.ts';
import { nanosBetween } from './cpu.ts';
import { start } from './process.ts';
import { netdebug } from './programs.ts';

export interface IdleCost {
  readonly connections: number;
  /** CPU time of all threads of the client in the whole time. */
  readonly cpuNanoseconds: number;
  readonly windowNanoseconds: number;
  /** Of one core, 0 to 1, in the whole time. */
  readonly share: number;
  /** The same of each period in it, so that each has as many probes as the others. */
  readonly shares: readonly number[];
}

/** Compiling and the first collections of garbage are over. */
const settledMs = 10_000;
/** The client's default. */
const periodMs = 5_000;

/**
 * @param windowMs Whole periods of 5 s; what is left of one is not watched.
 * @param events Whether the client also writes events (to /dev/null).
 */
export async function idleCost(windowMs = 30_000, events = false): Promise<IdleCost> {
  const connections = 10;
  const port = freshPort();
  const server = start(netdebug('server', '--host', '127.0.0.1', '-p', port));
  await listening(port, server);
  const words = ['client', '-H', '127.0.0.1', '-p', port, '--connections', connections];
  const client = start(netdebug(...words, ...(events ? ['--events', '/dev/null'] : [])));
  await established(port, connections, client);
  await sleep(settledMs);
  const read = () => ({ cpu: client.cpu(), at: Number(process.hrtime.bigint()) });
  const readings = [read()];
  for (let left = windowMs; left >= periodMs; left -= periodMs) {
    await sleep(periodMs);
    readings.push(read());
  }
  await client.end();
  await server.end();
  const parts = readings.slice(1).map((after, place) => {
    const before = readings[place] ?? after;
    return { cpu: nanosBetween(before.cpu, after.cpu), window: after.at - before.at };
  });
  const cpuNanoseconds = parts.reduce((total, { cpu }) => total + cpu, 0);
  const windowNanoseconds = parts.reduce((total, { window }) => total + window, 0);
  return {
    ...{ connections, cpuNanoseconds, windowNanoseconds },
    share: cpuNanoseconds / windowNanoseconds,
    shares: parts.map(({ cpu, window }) => cpu / window),
  };
}

if (import.meta.main) {
  const windowMs = Number(process.argv[2] ?? 30) * 1_000;
  for (const events of [false, true]) {
    const { connections, cpuNanoseconds, windowNanoseconds, share } = await idleCost(windowMs, events);
    process.stdout.write(
      `${connections} connections at rest${events ? ', --events' : ''}: ${cpuNanoseconds} ns of CPU in ${(windowNanoseconds / 1e9).toFixed(0)} s, ${(share * 100).toFixed(3)}% of a core\n`,
    );
  }
}
