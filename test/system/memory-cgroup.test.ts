// The bound is the kernel's, and nothing of it is left: when it is taken back, and when whoever made it is killed.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Problem } from '../../src/model/problem.ts';
import { inMemoryCgroup, limitMemory } from '../../src/system/memory-cgroup.ts';
import { run } from '../../src/system/process.ts';

const module = new URL('../../src/system/memory-cgroup.ts', import.meta.url).pathname;

/** Why there can be none here; false where there can. */
async function whyNone(): Promise<string | false> {
  try {
    await limitMemory(32 * 1_024 ** 2).remove();
    return false;
  } catch (error) {
    assert.ok(error instanceof Problem && error.kind === 'missing', String(error));
    return error.message;
  }
}

async function isGone(folder: string): Promise<boolean> {
  const end = performance.now() + 10_000;
  while (existsSync(folder) && performance.now() < end) await new Promise((next) => setTimeout(next, 50));
  return !existsSync(folder);
}

const skip = await whyNone();

describe('a memory cgroup of our own', { skip }, () => {
  it('has the kernel kill what uses more, and is gone when it is taken back', async () => {
    const memory = limitMemory(16 * 1_024 ** 2);
    try {
      const { signal } = await run(inMemoryCgroup(memory.folder, ['tail', '/dev/zero']));
      assert.equal(signal, 'SIGKILL');
    } finally {
      await memory.remove();
    }
    assert.ok(!existsSync(memory.folder));
  });

  it('is gone soon after whoever made it was killed, with a program still in it', async () => {
    const script = `
      const { limitMemory, inMemoryCgroup } = await import(${JSON.stringify(module)});
      const { spawn } = await import('node:child_process');
      const memory = limitMemory(32 * 1024 ** 2);
      const [file, ...args] = inMemoryCgroup(memory.folder, ['sleep', '1']);
      spawn(file, args, { stdio: 'ignore' }).unref();
      console.log(memory.folder);
      setInterval(() => undefined, 1000);`;
    const maker = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(maker.stdout, 'data')) as [Buffer];
    const folder = line.toString('utf8').trim();
    assert.ok(existsSync(folder), folder);
    maker.kill('SIGKILL');
    assert.ok(await isGone(folder), folder);
  });
});
