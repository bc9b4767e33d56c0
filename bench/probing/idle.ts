// What our client costs while next to nothing happens: ten connections on loopback, with the default settings.
//   node bench/probing/idle.ts [SECONDS]
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { established, freshPort } from './cost.ts';
import { start } from './process.ts';
import { netdebug } from './programs.ts';

export interface IdleCost {
  readonly connections: number;
  /** CPU time of all threads of the client in the window. */
  readonly cpuNanoseconds: number;
  readonly windowNanoseconds: number;
  /** Of one core, 0 to 1. */
  readonly share: number;
}

/** Compiling and the first collections of garbage are over. */
const settledMs = 10_000;

/**
 * @param events Whether the client also writes events (to /dev/null).
 * @public
 */
export async function idleCost(windowMs = 30_000, events = false): Promise<IdleCost> {
  const connections = 10;
  const port = freshPort();
  const server = start(netdebug('server', '--host', '127.0.0.1', '-p', port));
  await sleep(1_000);
  const words = ['client', '-H', '127.0.0.1', '-p', port, '--connections', connections];
  const client = start(netdebug(...words, ...(events ? ['--events', '/dev/null'] : [])));
  await established(port, connections, client);
  await sleep(settledMs);
  const [before, since] = [cpuNanoseconds(client.pid), process.hrtime.bigint()];
  await sleep(windowMs);
  const cpu = cpuNanoseconds(client.pid) - before;
  const windowNanoseconds = Number(process.hrtime.bigint() - since);
  await client.end();
  await server.end();
  return { connections, cpuNanoseconds: cpu, windowNanoseconds, share: cpu / windowNanoseconds };
}

/** From the scheduler's own books, for /proc/PID/stat counts in steps of 10 ms. */
function cpuNanoseconds(pid: number): number {
  let sum = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const [ran = ''] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ');
    sum += Number(ran);
  }
  return sum;
}

if (import.meta.main) {
  const windowMs = Number(process.argv[2] ?? 30) * 1_000;
  for (const events of [false, true]) {
    const { connections, cpuNanoseconds: cpu, share } = await idleCost(windowMs, events);
    process.stdout.write(
      `${connections} connections at rest${events ? ', --events' : ''}: ${cpu} ns of CPU in ${windowMs / 1_000} s, ${(share * 100).toFixed(3)}% of a core\n`,
    );
  }
}
