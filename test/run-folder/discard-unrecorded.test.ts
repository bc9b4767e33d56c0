// A folder in which nothing was recorded goes, with what was made for it; one that holds a line stays.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { discardUnrecorded } from '../../src/run-folder/discard-unrecorded.ts';
import { makeEvidenceFolder } from '../../src/run-folder/make-folder.ts';
import { newFolder } from './a-folder.ts';

test('a folder without a line goes, up to the first that was made for it', async (t) => {
  const home = await newFolder(t);
  const folder = join(home, 'runs/one');
  const made = await makeEvidenceFolder(folder);
  assert.equal(made, join(home, 'runs'));
  await writeFile(join(folder, 'events.ndjson'), '');
  await writeFile(join(folder, 'evidence/applied-server.json'), '{}');
  assert.equal(await discardUnrecorded(folder, made), true);
  assert.equal(existsSync(join(home, 'runs')), false);
  assert.equal(existsSync(home), true);
});

test('a folder of before the run is emptied of what the run made, and stays', async (t) => {
  const home = await newFolder(t);
  const made = await makeEvidenceFolder(home);
  assert.equal(await discardUnrecorded(home, made), true);
  assert.equal(existsSync(home), true);
  assert.equal(existsSync(join(home, 'evidence')), false);
});

test('a folder with one line of a note stays as it is', async (t) => {
  const folder = join(await newFolder(t), 'run');
  const made = await makeEvidenceFolder(folder);
  await mkdir(join(folder, 'evidence/node-a'));
  await writeFile(join(folder, 'evidence/notes.ndjson'), '{}\n');
  assert.equal(await discardUnrecorded(folder, made), false);
  assert.equal(existsSync(join(folder, 'evidence/node-a')), true);
});
