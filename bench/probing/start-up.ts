// From the command to its first answer, and how many answers a second a client gets that asks again at once.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { established, freshPort } from './cost.ts';
import { start } from './process.ts';
import type { Contender } from './programs.ts';
import { countSockets } from './sockets.ts';

/** Milliseconds until the first line about an answer is on stderr. */
export async function startUpOf(subject: Contender, server: Contender): Promise<number> {
  const port = freshPort();
  const serving = start(server.server(port));
  await sleep(1_000);
  const [program = '', ...words] = subject.client(port, 1, 1_000);
  const startedMs = performance.now();
  const child = spawn(program, words, { stdio: ['ignore', 'ignore', 'pipe'] });
  const client = start([program, ...words], child);
  let text = '';
  while (!text.includes('Response from server')) {
    const [piece] = (await once(child.stderr, 'data')) as [Buffer];
    text += piece.toString();
  }
  const tookMs = performance.now() - startedMs;
  await client.end();
  await serving.end();
  return tookMs;
}

/** Answers a second on 64 connections whose period is shorter than any answer takes; both ends are the same program. */
export async function throughputOf(subject: Contender): Promise<number> {
  const port = freshPort();
  const server = start(subject.server(port));
  await sleep(1_000);
  const client = start(subject.client(port, 64, 1));
  await established(port, 64, client);
  await sleep(2_500);
  const before = countSockets(port).probes;
  const startedMs = performance.now();
  await sleep(3_000);
  const perSecond = ((countSockets(port).probes - before) / (performance.now() - startedMs)) * 1_000;
  await client.end();
  await server.end();
  return perSecond;
}
