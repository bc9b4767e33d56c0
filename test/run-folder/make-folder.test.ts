// A run gets a folder of its own, or one sentence that says why not.
import assert from 'node:assert/strict';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { Problem } from '../../src/model/problem.ts';
import {
  chooseFolder,
  makeFolder,
  makeObserverFolder,
  refuseForLab,
  refuseUsed,
} from '../../src/run-folder/make-folder.ts';
import { newFolder } from './a-folder.ts';

const usage = (pattern: RegExp) => (error: unknown) =>
  error instanceof Problem && error.kind === 'usage' && pattern.test(error.message);

test('without --out a run’s folder is named for its time and for what runs', () => {
  const at = new Date('2026-11-23T06:11:14.987Z');
  assert.equal(chooseFolder(undefined, at, 'mesh'), resolve('netdebug-runs/20261123-061114-mesh'));
  assert.equal(chooseFolder('here', at, 'mesh'), resolve('here'));
});

test('a folder that holds something, or is none, is refused; a new or an empty one is not', async (t) => {
  const folder = await newFolder(t);
  refuseUsed(folder);
  refuseUsed(join(folder, 'new'));
  await writeFile(join(folder, 'file'), '');
  assert.throws(() => refuseUsed(folder), usage(/is not empty; choose a new or an empty folder/));
  assert.throws(() => refuseUsed(join(folder, 'file')), usage(/is not a folder that can be read/));
});

test('below /run only the lab, which replaces it, refuses', () => {
  assert.throws(() => refuseForLab('/run'), usage(/lies below \/run, which the lab replaces/));
  assert.throws(() => refuseForLab('/run/netdebug-test/new'), usage(/lies below \/run/));
  refuseForLab('/runs/netdebug-test');
  refuseUsed('/run/netdebug-test/new');
});

test('what cannot be made is said with the reason', async (t) => {
  const folder = await newFolder(t);
  await makeFolder(join(folder, 'a/b'), 'c');
  assert.ok((await stat(join(folder, 'a/b/c'))).isDirectory());
  await writeFile(join(folder, 'file'), '');
  await assert.rejects(
    makeFolder(join(folder, 'file/run')),
    usage(/^--out .*file\/run cannot be made: ENOTDIR/),
  );
});

test('observers of several nodes share a folder, and each has its place there once', async (t) => {
  const folder = await newFolder(t);
  await mkdir(join(folder, 'evidence/node-1'), { recursive: true });
  assert.equal(await makeObserverFolder(folder, 'node-2'), folder);
  await assert.rejects(
    makeObserverFolder(folder, 'node-1'),
    usage(/already holds evidence of node-1; choose another folder or --node/),
  );
});
