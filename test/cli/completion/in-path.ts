// A folder for PATH with this checkout's program by all its names, as npm links them, and the Node.js of the test.
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { mainScript } from '../../program.ts';

export interface InPath {
  /** A temporary folder that goes with the test. */
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
}

/** @param dirs Folders of PATH before the machine's own. */
export async function inPath(t: Pick<TestContext, 'after'>, dirs: readonly string[] = []): Promise<InPath> {
  const home = await mkdtemp(join(tmpdir(), 'netdebug-path-'));
  t.after(() => rm(home, { recursive: true, force: true }));
  const bin = join(home, 'bin');
  await mkdir(bin);
  for (const name of ['netdebug', 'kubectl-netdebug', 'kubectl_complete-netdebug'])
    await symlink(mainScript, join(bin, name));
  const path = [bin, ...dirs, dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);
  // Nobody's cluster is asked.
  const env = { ...process.env, HOME: home, KUBECONFIG: join(home, 'none'), PATH: path };
  return { home, env };
}
