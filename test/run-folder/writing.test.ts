// What is written of a run lies where design and readers have it.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { RunRecord } from '../../src/model/run-record.ts';
import { evidenceFile, nodeFolder } from '../../src/run-folder/layout.ts';
import { makeFolder } from '../../src/run-folder/make-folder.ts';
import { openRunFolder } from '../../src/run-folder/open-for-writing.ts';
import { openMeshFolder } from '../../src/run-folder/open-mesh.ts';
import { openNodeFolder } from '../../src/run-folder/open-node.ts';
import { readMatrixOf, readRunRecord } from '../../src/run-folder/read-record.ts';
import {
  hasReport,
  writeMatrixRecord,
  writeReport,
  writeRunRecord,
} from '../../src/run-folder/write-record.ts';
import { recordedRun } from '../report/recorded.ts';
import { newFolder, noBooks, unexpected } from './a-folder.ts';

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

const textOf = (folder: string, name: string) => readFile(join(folder, name), 'utf8');

test('a run in the lab has its events, its faults (none, maybe) and its programs’ logs', async (t) => {
  const folder = join(await newFolder(t), 'run');
  const run = await openRunFolder(folder, 'lab', noBooks(folder));
  run.event('{"a":1}');
  run.event('{"b":2}');
  run.close();
  assert.deepEqual(await filesOf(folder), ['events.ndjson', 'faults.log']);
  assert.equal(await textOf(folder, 'events.ndjson'), '{"a":1}\n{"b":2}\n');
  assert.equal(evidenceFile(folder, 'server.log'), join(folder, 'evidence/server.log'));
});

test('a run in a cluster keeps what it was told, what it set aside, and the pods’ own logs', async (t) => {
  const folder = join(await newFolder(t), 'run');
  const run = await openRunFolder(folder, 'cluster', noBooks(folder));
  run.event('{"a":1}');
  run.setAside({ reason: 'a restart' });
  run.note({ text: 'node-a was cordoned' });
  run.logLine('server-abc', 'listening');
  run.close();
  assert.deepEqual(await filesOf(folder), [
    'events.ndjson',
    'evidence/logs/server-abc.log',
    'evidence/notes.ndjson',
    'evidence/set-aside.ndjson',
  ]);
  assert.equal(await textOf(folder, 'evidence/set-aside.ndjson'), '{"reason":"a restart"}\n');
});

test('an observer’s files lie in evidence/NODE, each within its share, and events name them by these paths', async (t) => {
  const folder = await newFolder(t);
  const node = await openNodeFolder(folder, 'node-1', 1_000, noBooks(folder));
  const leftOut: string[] = [];
  const events = node.openEvents(0.1, (reason) => leftOut.push(reason), unexpected);
  const raw = node.open('capture.pcap', 0.5, (reason) => leftOut.push(reason), Buffer.from('HEAD'));
  events.write('x'.repeat(49));
  events.write('x'.repeat(51));
  raw.write('packet');
  node.close();
  assert.equal(node.nameOf('capture.pcap'), 'evidence/node-1/capture.pcap');
  assert.deepEqual(await filesOf(folder), ['evidence/node-1/capture.pcap', 'evidence/node-1/events.ndjson']);
  assert.equal(await textOf(folder, node.nameOf('capture.pcap')), 'HEADpacket');
  assert.match(leftOut.join(), /^a piece of 51 bytes is too large for .*events\.ndjson/);
  assert.equal(nodeFolder('/var/run/netdebug', 'node-1'), '/var/run/netdebug/evidence/node-1');
});

test('the mesh’s folder holds its counts, and room for its programs’ logs', async (t) => {
  const folder = join(await newFolder(t), 'mesh');
  const mesh = await openMeshFolder(folder, noBooks(folder));
  await mesh.writeCounts({ counts: [] });
  const log = mesh.log('coordinator');
  log.line('it listens');
  log.flush();
  assert.deepEqual(await filesOf(folder), ['logs/coordinator.log', 'mesh.json']);
  assert.deepEqual(JSON.parse(await textOf(folder, 'mesh.json')), { counts: [] });
  assert.equal(await textOf(folder, 'logs/coordinator.log'), 'it listens\n');
});

test('records are read back as they were written, and a run finds the others of its matrix', async (t) => {
  const folder = await newFolder(t);
  const { data } = await readRunRecord(recordedRun('none'));
  const record = data as RunRecord;
  for (const name of ['as-it-is', 'fix-a']) {
    await makeFolder(join(folder, name));
    await writeRunRecord(join(folder, name), record);
  }
  assert.deepEqual(await readMatrixOf(join(folder, 'fix-a')), []);
  const cells = ['as-it-is', 'fix-a', 'gone'].map((name) => ({ folder: name, expected: 'none' as const }));
  await writeMatrixRecord(folder, { schemaVersion: 1, kind: 'matrix', scenario: 'healthy', cells });
  assert.deepEqual(await readMatrixOf(join(folder, 'fix-a')), [record, record]);
  assert.equal(hasReport(folder, 'report.html'), false);
  assert.equal(await writeReport(folder, 'report.html', '<p>'), join(folder, 'report.html'));
  assert.equal(hasReport(folder, 'report.html'), true);
});

test('what an event refers to is in its raw file before the event is in its own, so that a kill at any moment leaves no gap', async (t) => {
  const folder = await newFolder(t);
  const node = await openNodeFolder(folder, 'node-1', 1_000_000, noBooks(folder));
  t.after(() => node.close());
  const events = node.openEvents(0.5, () => undefined, unexpected);
  const raw = node.open('capture.pcap', 0.2, () => undefined);
  events.write('of something else\n');
  raw.write('a packet');
  events.write('of the packet\n');
  events.flush();
  assert.equal(await readFile(join(folder, 'evidence/node-1/capture.pcap'), 'utf8'), 'a packet');
});
