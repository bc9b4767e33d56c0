// All connections reset at the same moment: how many of the resets are reported, and how long after the RST was on the wire.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../src/model/clock.ts';
import { established, freshPort, listening } from './cost.ts';
import { start } from './process.ts';
import { netdebug } from './programs.ts';
import { countSockets } from './sockets.ts';

export interface MassReset {
  readonly connections: number;
  readonly held: number;
  /** Of the connections that were there first: those whose reset was reported. */
  readonly reported: number;
  /** From the RST's capture time stamp to the event's arrival at its reader, milliseconds; empty without tcpdump. */
  readonly delaysMs: readonly number[];
}

export interface MassResetPlan {
  readonly connections: number;
  readonly workers: number;
  readonly sources: readonly string[];
  /** How long the connections are held before the server resets them. */
  readonly heldMs: number;
  /** For so long they must be there before the reset. */
  readonly watchedMs: number;
  readonly capture: boolean;
}

export async function massReset(plan: MassResetPlan): Promise<MassReset> {
  const { connections, workers, sources, heldMs, watchedMs, capture } = plan;
  const port = freshPort();
  const clock = systemClock();
  const closing = ['--close-every', `${heldMs}ms`, '--close-with', 'reset'];
  const server = start(netdebug('server', '-p', port, '--workers', workers, ...closing));
  await listening(port, server, workers);
  const stamps = capture ? captureResets(port) : undefined;
  const words = netdebug(
    ...['client', '-H', '127.0.0.1', '-p', port, '--connections', connections, '--workers', workers],
    ...['--source-address', sources.join(','), '--connect-rate', 5_000, '--events', '-'],
  );
  const child = spawn(words[0] ?? '', words.slice(1), { stdio: ['ignore', 'pipe', 'ignore'] });
  const client = start(words, child);
  const arrivals = new Map<string, number>();
  const reset = new Set<number>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (!line.startsWith('{"event":"failed"')) return;
    const event = JSON.parse(line) as { failure: string; slot: number; local: string };
    if (event.failure !== 'reset' || reset.has(event.slot)) return;
    reset.add(event.slot);
    arrivals.set(event.local, clock.now());
  });

  await established(port, connections, client);
  await sleep(watchedMs);
  const held = countSockets(port).established;
  if (held < connections) throw new Error('connections were lost before the reset; hold them longer');
  for (let waited = 0; reset.size < connections && waited < heldMs + 30_000; waited += 500) await sleep(500);
  await sleep(500);
  await client.end();
  await server.end();
  const rsts = stamps === undefined ? new Map<string, number>() : await stamps.end();
  return {
    connections,
    held,
    reported: reset.size,
    delaysMs: [...arrivals].flatMap(([local, at]) => {
      const sentAt = rsts.get(local);
      return sentAt === undefined ? [] : [(at - sentAt) / 1_000];
    }),
  };
}

/** The kernel's time stamp of each connection's first RST from the server, by the client's address. */
function captureResets(port: number): { end(): Promise<Map<string, number>> } {
  const filter = `src port ${port} and tcp[tcpflags] & tcp-rst != 0`;
  const words = ['-i', 'lo', '-nn', '-tt', '-l', '-B', '16384', filter];
  const tcpdump = spawn('tcpdump', words, { stdio: ['ignore', 'pipe', 'ignore'] });
  const stamps = new Map<string, number>();
  tcpdump.on('error', () => process.stderr.write('without capture: there is no tcpdump here\n'));
  const running = tcpdump.pid === undefined ? undefined : start(['tcpdump', ...words], tcpdump);
  const read = once(tcpdump, 'close').catch(() => undefined);
  createInterface({ input: tcpdump.stdout }).on('line', (line) => {
    const match = /^([0-9]+)\.([0-9]{6}) IP [0-9.]+ > ([0-9.]+)\.([0-9]+):/.exec(line);
    if (match === null) return;
    const local = `${match[3] ?? ''}:${match[4] ?? ''}`;
    if (!stamps.has(local)) stamps.set(local, Number(match[1]) * 1e6 + Number(match[2]));
  });
  return {
    async end() {
      await running?.end();
      await read;
      return stamps;
    },
  };
}
