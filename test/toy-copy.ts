// A copy of the sources to which a test adds something, with the checks that a contributor would run on it.
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { run } from '../src/system/process.ts';

const root = dirname(import.meta.dirname);

/** File → its text, or what becomes of the text that it has. */
export type Edits = Readonly<Record<string, string | ((text: string) => string)>>;

/** Copies src with what the checks read, and makes the edits. Resolves with the copy's folder, which goes with the test. */
export async function withCopy(t: TestContext, edits: Edits): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'netdebug-toy-'));
  t.after(() => rm(copy, { recursive: true, force: true }));
  for (const name of ['src', 'package.json', 'tsconfig.json', '.dependency-cruiser.mjs'])
    await cp(join(root, name), join(copy, name), { recursive: true });
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  for (const [name, edit] of Object.entries(edits)) {
    const file = join(copy, name);
    await writeFile(file, typeof edit === 'string' ? edit : edit(await readFile(file, 'utf8')));
  }
  return copy;
}

/** What the compiler and the layers' check complain of in a copy; empty when they pass. */
export async function complaints(copy: string): Promise<string> {
  const program = (name: string) => join(copy, 'node_modules/.bin', name);
  const checks = [
    [program('tsc'), '--noEmit', '--project', copy],
    [program('depcruise'), 'src', '--config', '.dependency-cruiser.mjs', '--output-type', 'err-long'],
  ];
  const said: string[] = [];
  for (const words of checks) {
    // Their paths are relative to where they are started.
    const inCopy = ['sh', '-c', 'cd "$0" && exec "$@"', copy, process.execPath, ...words];
    const { exitCode, stdout, stderr } = await run(inCopy, { timeoutMs: 180_000 });
    if (exitCode !== 0) said.push(stdout + stderr);
  }
  return said.join('\n');
}
