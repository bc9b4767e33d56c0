// How long a program takes from its start: to its end, or until the coordinator listens, with an API that is not there.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

type Environment = Readonly<Record<string, string>>;

const words = ['mesh', 'coordinator', '--api-server', 'http://127.0.0.1:1', '--listen', ':0'];

export async function msUntilItEnds([file = '', ...rest]: readonly string[]): Promise<number> {
  const startMs = performance.now();
  await once(spawn(file, rest, { stdio: 'ignore' }), 'exit');
  return performance.now() - startMs;
}

export async function msUntilItListens(
  program: readonly string[],
  environment: Environment,
): Promise<number> {
  const startMs = performance.now();
  const child = await untilItListens(program, environment);
  const tookMs = performance.now() - startMs;
  child.kill('SIGKILL');
  await once(child, 'exit');
  return tookMs;
}

/** Runs it for a second, to its orderly end: what it has compiled by then is kept. */
export async function fillCompileCache(program: readonly string[], environment: Environment): Promise<void> {
  const child = await untilItListens(program, environment);
  await sleep(1_000);
  child.kill('SIGTERM');
  await once(child, 'exit');
}

async function untilItListens([file = '', ...rest]: readonly string[], environment: Environment) {
  const env = { ...process.env, ...environment };
  const child = spawn(file, [...rest, ...words], { stdio: ['ignore', 'ignore', 'pipe'], env });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  while (!said.includes('Serves plans on')) {
    await Promise.race([once(child.stderr, 'data'), once(child, 'exit')]);
    if (child.exitCode !== null) throw new Error(`it ended: ${said}`);
  }
  return child;
}
