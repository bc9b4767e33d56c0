// A run is followed while it is written: what is in its logs is handed over once, whichever of them grow, come or roll.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { recordedRun } from '../report/recorded.ts';
import { isProbes, type RunEvent } from '../../src/run-folder/event-log.ts';
import { followRun } from '../../src/run-folder/follow-run.ts';
import { openRunFolder } from '../../src/run-folder/open-for-writing.ts';
import { openNodeFolder } from '../../src/run-folder/open-node.ts';
import { newFolder, noBooks, unexpected } from './a-folder.ts';

async function linesOf(name: string): Promise<string[]> {
  return (await readFile(join(recordedRun('default'), name), 'utf8')).split('\n').filter(Boolean);
}

test('each event of a run that lasts is handed over once, though its nodes’ files roll', async (t) => {
  const folder = await newFolder(t);
  const followed = followRun(folder);
  t.after(() => followed.close());
  const seen: RunEvent[] = [];
  const readOn = () => followed.readOn((event) => seen.push(event));
  assert.equal(await readOn(), false);

  const ofNode = await linesOf('evidence/node-1/events.ndjson');
  const longest = Math.max(...ofNode.map((line) => line.length + 1));
  const node = await openNodeFolder(folder, 'node-1', 24 * longest, noBooks(folder));
  const rolled: string[] = [];
  const events = node.openEvents(1, (reason) => rolled.push(reason), unexpected);
  const parsed = (line: string): unknown => JSON.parse(line);
  for (let from = 0; from < ofNode.length; from += 9) {
    for (const line of ofNode.slice(from, from + 9)) events.write(`${line}\n`);
    events.flush();
    assert.equal(await readOn(), true);
    assert.deepEqual(seen, ofNode.slice(0, from + 9).map(parsed));
  }
  node.close();
  assert.equal(rolled.length, 1, 'the oldest lines are not on the disk any more');

  seen.length = 0;
  const run = await openRunFolder(folder, 'lab', noBooks(folder));
  const probes = await linesOf('events.ndjson');
  for (const line of probes) run.event(line);
  run.close();
  assert.equal(await readOn(), true);
  assert.deepEqual([seen.length, seen.every(isProbes)], [probes.length, true]);
  assert.deepEqual([await readOn(), followed.notes()], [false, []]);
});
