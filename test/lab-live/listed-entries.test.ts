// What was translated before anybody watched is told of: the Service that a connection was dialled by, however old it is.
import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { sandboxArgv } from '../../src/lab/world/sandbox.ts';
import { readNodeEvents } from '../../src/run-folder/saved-run.ts';
import { run } from '../../src/system/process.ts';
import { labSkip, newFolder } from './netdebug.ts';

const inside = resolve(import.meta.dirname, 'listed-entries-inside.ts');

test(
  'an observer lists the translated connections that were there before it',
  { skip: await labSkip() },
  async (t) => {
    const folder = await newFolder(t);
    const words = [...sandboxArgv(process.getuid?.() === 0), process.execPath, inside, folder];
    const { exitCode, stdout, stderr } = await run(words, { timeoutMs: 60_000 });
    assert.equal(exitCode, 0, stderr);
    const ports = JSON.parse(stdout) as { readonly translated: number; readonly plain: number };
    const events = await readNodeEvents(folder, ['node-1']);
    const listed = events.flatMap((event) =>
      event.event === 'conntrack' && event.change === 'listed' ? [event] : [],
    );
    assert.deepEqual(
      listed.map(({ original, reply, state }) => ({ original, reply, state })),
      [
        {
          original: { src: '10.99.0.1', dst: '10.99.1.1', sport: ports.translated, dport: 80 },
          reply: { src: '10.99.0.2', dst: '10.99.0.1', sport: 9_000, dport: ports.translated },
          state: 'ESTABLISHED',
        },
      ],
    );
    assert.notEqual(ports.plain, ports.translated);
  },
);
