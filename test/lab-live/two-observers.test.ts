// Machines may share a host name, and nodes a machine: a node is called what it is told, and its changes are its own.
import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { readRun } from '../../src/experiment/read-run.ts';
import { sandboxArgv } from '../../src/lab/world/sandbox.ts';
import { readNodeEvents } from '../../src/run-folder/saved-run.ts';
import { run } from '../../src/system/process.ts';
import { labSkip, newFolder } from './netdebug.ts';

const inside = resolve(import.meta.dirname, 'two-observers-inside.ts');

test(
  'two observers on machines of one host name give two nodes, and a rule change counts once on each',
  { skip: await labSkip() },
  async (t) => {
    const folder = await newFolder(t);
    const words = [...sandboxArgv(process.getuid?.() === 0), process.execPath, inside, folder];
    const { exitCode, stdout, stderr } = await run(words, { timeoutMs: 120_000 });
    assert.equal(exitCode, 0, stderr);
    assert.deepEqual(JSON.parse(stdout), [0, 0], stderr);
    const events = await readNodeEvents(folder, ['node-1', 'node-2']);
    assert.deepEqual([...new Set(events.map(({ node }) => node))].sort(), ['node-1', 'node-2']);
    const added = events.filter((event) => event.event === 'rule-changed' && event.preference === 77);
    assert.deepEqual(added.map(({ node }) => node).sort(), ['node-1', 'node-2']);
    const { lanes } = await readRun(folder);
    assert.deepEqual(
      lanes.filter(({ kind }) => kind === 'rule').map(({ node, total }) => [node, total]),
      [
        ['node-1', 1],
        ['node-2', 1],
      ],
    );
  },
);
