// From the command to its first answer.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { freshPort, listening } from './cost.ts';
import { start } from './process.ts';
import type { Contender } from './programs.ts';

/** Milliseconds until the first line about an answer is on stderr. */
export async function startUpOf(subject: Contender, server: Contender): Promise<number> {
  const port = freshPort();
  const serving = start(server.server(port));
  await listening(port, serving);
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
