// All connections reset at the same moment: how many of the resets are reported.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { established, freshPort, listening } from './cost.ts';
import { start } from './process.ts';
import { netdebug } from './programs.ts';
import { countSockets } from './sockets.ts';

export interface MassReset {
  readonly connections: number;
  readonly held: number;
  /** Of the connections that were there first: those whose reset was reported. */
  readonly reported: number;
}

export interface MassResetPlan {
  readonly connections: number;
  readonly workers: number;
  readonly sources: readonly string[];
  /** How long the connections are held before the server resets them. */
  readonly heldMs: number;
  /** For so long they must be there before the reset. */
  readonly watchedMs: number;
}

export async function massReset(plan: MassResetPlan): Promise<MassReset> {
  const { connections, workers, sources, heldMs, watchedMs } = plan;
  const port = freshPort();
  const closing = ['--close-every', `${heldMs}ms`, '--close-with', 'reset'];
  const server = start(netdebug('server', '-p', port, '--workers', workers, ...closing));
  await listening(port, server, workers);
  const words = netdebug(
    ...['client', '-H', '127.0.0.1', '-p', port, '--connections', connections, '--workers', workers],
    ...['--source-address', sources.join(','), '--connect-rate', 5_000, '--events', '-'],
  );
  const child = spawn(words[0] ?? '', words.slice(1), { stdio: ['ignore', 'pipe', 'ignore'] });
  const client = start(words, child);
  const reset = new Set<number>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (!line.startsWith('{"event":"failed"')) return;
    const event = JSON.parse(line) as { failure: string; slot: number };
    if (event.failure !== 'reset' || reset.has(event.slot)) return;
    reset.add(event.slot);
  });

  await established(port, connections, client);
  await sleep(watchedMs);
  const held = countSockets(port).established;
  if (held < connections) throw new Error('connections were lost before the reset; hold them longer');
  for (let waited = 0; reset.size < connections && waited < heldMs + 30_000; waited += 500) await sleep(500);
  await sleep(500);
  await client.end();
  await server.end();
  return {
    connections,
    held,
    reported: reset.size,
  };
}
