// `netdebug watch` beside a real redis-server whose connection with redis-cli a rule resets, each of the two in a network of its own.
import { resolve } from 'node:path';
import { columns } from '../../scripts/shown/columns.ts';
import { runChecked } from '../../src/system/process.ts';

const inside = resolve(import.meta.dirname, 'watch-redis-inside.ts');

/** What it prints, ended by Ctrl-C once the loss is told. */
export async function watchedRedis(): Promise<string> {
  const node = ['unshare', '--net', '--mount', '--ipc', '--propagation', 'private'];
  const words = [process.execPath, inside, 'reject', 'watch', '--node', 'node-1', '--port', '6379'];
  const { stdout } = await runChecked([...node, ...words], { env: columns, timeoutMs: 60_000 });
  const said = JSON.parse(stdout) as { exitCode: number; stdout: string; stderr: string };
  if (said.exitCode !== 0) throw new Error(`netdebug watch ended with ${said.exitCode}: ${said.stderr}`);
  return said.stdout;
}
