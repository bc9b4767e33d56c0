// `netdebug observe --sockets` where more sockets end at once than its ss can be told of.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { it } from 'node:test';
import { sandboxArgv } from '../../src/lab/world/sandbox.ts';
import { run } from '../../src/system/process.ts';
import { labSkip, newFolder } from './netdebug.ts';
import { limitsOf, readEvents } from './observed-world.ts';

const overrun = resolve(import.meta.dirname, 'sockets-overrun-inside.ts');
const skip = (await labSkip()) || (process.getuid?.() !== 0 && 'needs root');

it(
  'observing sockets goes on, and says that ends are missing, when more end than ss can be told of',
  { skip },
  async (t) => {
    const folder = await newFolder(t);
    // ss asks for a buffer of 1 MiB, and has twice what the machine allows of it; an end takes a hundred bytes or more of that.
    const allowed = Number(await readFile('/proc/sys/net/core/rmem_max', 'utf8'));
    const ends = Math.ceil((2 * Math.min(allowed, 1_048_576)) / 90);
    const words = [process.execPath, overrun, folder, String(ends)];
    const { exitCode, stdout, stderr } = await run([...sandboxArgv(true), ...words], { timeoutMs: 60_000 });
    assert.equal(exitCode, 0, stderr);
    assert.equal((JSON.parse(stdout) as { exitCode: number }).exitCode, 0, stdout);
    const events = await readEvents(folder);
    assert.ok(
      limitsOf(events, 'sockets').some((text) =>
        /^more sockets ended at once .*; ends are missing$/.test(text),
      ),
    );
    const end = events.find(
      (event) => event.event === 'source' && event.source === 'sockets' && event.state === 'stopped',
    );
    assert.equal(end?.event === 'source' ? end.lost : 0, null, 'nobody knows how many');
  },
);
