// Whoever reads a run reads all of it: every part of a log, in order of time, wherever below evidence/ it lies.
import assert from 'node:assert/strict';
import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { isProbes, readLogs, type RunEvent } from '../../src/run-folder/event-log.ts';
import { findFiles } from '../../src/run-folder/find-files.ts';
import { openSavedRun, readNodeEvents } from '../../src/run-folder/saved-run.ts';
import { copyOfRun, rollAfter } from './a-folder.ts';

const nodes = ['node-1', 'node-2'];
/** Of the recorded run. */
const counts = { probes: 322, 'node-1': 144, 'node-2': 38 };

async function eventsOf(folder: string): Promise<{ events: RunEvent[]; missing: string[] }> {
  const events: RunEvent[] = [];
  const missing = await (await openSavedRun(folder)).readEvents((event) => events.push(event));
  return { events, missing };
}

function countsOf(events: readonly RunEvent[]) {
  const ofNode = (node: string) => events.filter((event) => !isProbes(event) && event.node === node).length;
  return {
    probes: events.filter(isProbes).length,
    'node-1': ofNode('node-1'),
    'node-2': ofNode('node-2'),
  };
}

test('the report, the diagnosis and a cluster’s run read both halves of what has rolled, in order of time', async (t) => {
  const folder = await copyOfRun(t, 'default');
  const { events: whole } = await eventsOf(folder);
  assert.deepEqual(countsOf(whole), counts);
  await rollAfter(200, folder);
  await rollAfter(100, join(folder, 'evidence/node-1'));
  await rollAfter(38, join(folder, 'evidence/node-2'));

  const { events, missing } = await eventsOf(folder);
  assert.deepEqual(missing, []);
  assert.deepEqual(events, whole);

  const evidence = await readNodeEvents(folder, nodes);
  assert.equal(evidence.length, counts['node-1'] + counts['node-2']);
  const { logs } = await findFiles([folder]);
  assert.equal(logs.length, 3);
  assert.equal((await readLogs(logs, 'probes', () => undefined)).events, counts.probes);
  assert.equal((await readLogs(logs, 'nodes', () => undefined)).events, evidence.length);
});

test('evidence that former versions nested in evidence/NODE/evidence/NODE is read as well', async (t) => {
  const folder = await copyOfRun(t, 'default');
  for (const node of nodes) {
    await mkdir(join(folder, 'nested', node, 'evidence'), { recursive: true });
    await rename(join(folder, 'evidence', node), join(folder, 'nested', node, 'evidence', node));
  }
  await rm(join(folder, 'evidence'), { recursive: true });
  await rename(join(folder, 'nested'), join(folder, 'evidence'));
  const { events, missing } = await eventsOf(folder);
  assert.deepEqual([countsOf(events), missing], [counts, []]);
  assert.equal((await readNodeEvents(folder, nodes)).length, counts['node-1'] + counts['node-2']);
});

test('a cluster’s run takes the evidence of the nodes that it is asked for alone', async (t) => {
  const folder = await copyOfRun(t, 'default');
  await cp(join(folder, 'evidence/node-2'), join(folder, 'evidence/node-20'), { recursive: true });
  const evidence = await readNodeEvents(folder, ['node-2', 'node-3']);
  assert.deepEqual([evidence.length, new Set(evidence.map(({ node }) => node))], [38, new Set(['node-2'])]);
});

test('what was set aside, and what was said to the user, is no event and not missed', async (t) => {
  const folder = await copyOfRun(t, 'none');
  await writeFile(
    join(folder, 'evidence/set-aside.ndjson'),
    '{"event":{"role":"client"},"reason":"a restart"}\n',
  );
  await writeFile(
    join(folder, 'evidence/notes.ndjson'),
    '{"at":"2026-11-23T06:11:14.000000Z","text":"a restart"}\n',
  );
  assert.deepEqual((await eventsOf(folder)).missing, []);
  const { logs } = await findFiles([folder]);
  assert.equal((await readLogs(logs, 'probes', () => undefined)).broken, 0);
});

test('of captures, those of others are found, and not what observers kept beside their events', async (t) => {
  const folder = await copyOfRun(t, 'none');
  const theirs = join(folder, 'evidence/tcpdump.pcap');
  for (const path of [theirs, 'evidence/node-1/capture.pcap', 'evidence/node-1/capture.1.pcap']) {
    await writeFile(path === theirs ? path : join(folder, path), '');
  }
  assert.deepEqual((await findFiles([folder])).captures, [theirs]);
});

test('more event files than can be read side by side are counted and left out', async (t) => {
  const folder = await copyOfRun(t, 'none');
  for (let node = 3; node < 70; node += 1) {
    await mkdir(join(folder, `evidence/node-${node}`));
    await writeFile(join(folder, `evidence/node-${node}/events.ndjson`), '');
  }
  assert.deepEqual((await eventsOf(folder)).missing, ['6 event files more than 64 are left out.']);
});
