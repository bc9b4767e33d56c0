// A run gets a folder of its own, or one sentence that says why not.
import assert from 'node:assert/strict';
import { mkdir, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { Problem, type ProblemKind } from '../../src/model/problem.ts';
import {
  chooseFolder,
  makeFolder,
  makeObserverFolder,
  refuseForLab,
  refuseUsed,
} from '../../src/run-folder/make-folder.ts';
import { readableRunFolder } from '../../src/run-folder/read-record.ts';
import { newFolder } from './a-folder.ts';

const problem = (kind: ProblemKind) => (pattern: RegExp) => (error: unknown) =>
  error instanceof Problem && error.kind === kind && pattern.test(error.message);
const usage = problem('usage');
const unwritable = problem('unwritable');

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
  assert.throws(
    () => refuseUsed(join(folder, 'file')),
    unwritable(/cannot be used: it is a file; choose another/),
  );
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
    unwritable(/^--out .*file\/run cannot be used: .*\/file is a file; choose another folder\.$/),
  );
});

test('a folder that the kernel will not have made is refused at once, in words, and nothing is left', async (t) => {
  const folder = await newFolder(t);
  await writeFile(join(folder, 'file'), '');
  await symlink('nowhere', join(folder, 'dangling'));
  await symlink('file', join(folder, 'to-file'));
  await symlink('circle', join(folder, 'circle'));
  await mkdir(join(folder, 'there'));
  await symlink('there', join(folder, 'to-folder'));
  const cases: readonly (readonly [string, RegExp])[] = [
    [join(folder, 'dangling'), /it is a link to nowhere, where no folder is;/],
    [join(folder, 'dangling/run'), /dangling is a link to nowhere, where no folder is;/],
    [join(folder, 'to-file/run'), /to-file is a link to file, where no folder is;/],
    [join(folder, 'circle/run'), /its links lead in a circle \(ELOOP\);/],
    [join(folder, 'x'.repeat(300)), /its name is too long \(ENAMETOOLONG\);/],
    [join(folder, 'new', 'x'.repeat(300)), /its name is too long \(ENAMETOOLONG\);/],
    // A recursive mkdir never ends there.
    ...(process.platform === 'linux'
      ? [['/proc/netdebug/run', /nothing can be made there|may not write/] as const]
      : []),
  ];
  for (const [out, pattern] of cases) {
    await assert.rejects(makeFolder(out), unwritable(pattern), out);
  }
  assert.equal(await makeFolder(join(folder, 'to-folder/run')), join(folder, 'to-folder/run'));
  assert.deepEqual((await readdir(folder)).sort(), [
    'circle',
    'dangling',
    'file',
    'there',
    'to-file',
    'to-folder',
  ]);
});

test('a run in the lab is refused below /run by whatever way', async (t) => {
  const folder = await newFolder(t);
  await symlink('/run', join(folder, 'link'));
  assert.throws(() => refuseForLab(join(folder, 'link/x')), usage(/lies below \/run/));
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

test('a folder called evidence is that part of a run, for who writes and for who reads', async (t) => {
  const folder = await newFolder(t);
  assert.equal(await makeObserverFolder(join(folder, 'evidence'), 'node-1'), folder);
  await mkdir(join(folder, 'evidence/node-1'), { recursive: true });
  await assert.rejects(
    makeObserverFolder(join(folder, 'evidence'), 'node-1'),
    usage(/already holds evidence of node-1/),
  );
  assert.equal(readableRunFolder(join(folder, 'evidence')), folder);
  assert.equal(readableRunFolder(folder), folder);
  // What older versions wrote.
  await mkdir(join(folder, 'evidence/evidence'));
  assert.equal(readableRunFolder(join(folder, 'evidence')), join(folder, 'evidence'));
});
