// The set-up does nothing where nothing is missing, notices what is, and says in one sentence what it may not bring itself.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { run } from '../../src/system/process.ts';
import { withoutPrograms } from '../without-programs.ts';

const root = join(import.meta.dirname, '../..');
const setup = join(root, 'scripts/setup.mjs');

// Without these it cannot install anything, so the tests change no machine.
const installers = ['npm', 'apt-get', 'sudo'];

test('where everything is there, it says nothing and ends with 0', async () => {
  const result = await withoutPrograms(installers, [process.execPath, setup, 'lab']);
  assert.deepEqual(result, { exitCode: 0, signal: null, stdout: '', stderr: '' });
});

test('a missing tool that it may not install ends with 69 and the tool by name', async () => {
  const hidden = ['conntrack', ...installers];
  const { exitCode, stderr } = await withoutPrograms(hidden, [process.execPath, setup, 'lab']);
  assert.equal(exitCode, 69);
  assert.match(stderr, /^setup: the lab needs conntrack; [^\n]+\n$/);
});

test('an unknown word is wrong usage', async () => {
  const { exitCode, stderr } = await run([process.execPath, setup, 'labs']);
  assert.equal(exitCode, 64);
  assert.equal(stderr, 'setup: does not know "labs"; type: node scripts/setup.mjs lab\n');
});

describe('node_modules is up to date', async () => {
  type Lock = Record<string, { version?: string; integrity?: string; optional?: boolean }>;
  // Plain JavaScript, because it runs before TypeScript can.
  const module = (await import(join(root, 'scripts/setup/npm-packages.mjs'))) as {
    isInstalled: (wanted: Lock, installed: Lock | undefined) => boolean;
  };
  const { isInstalled } = module;
  const a = { version: '1.0.0', integrity: 'sha512-a' };
  const wanted: Lock = {
    '': { version: '0.1.0' },
    'node_modules/a': a,
    'node_modules/mac': { ...a, optional: true },
  };

  test('with every package at its version, and an optional one or not', () => {
    assert.equal(isInstalled(wanted, { 'node_modules/a': a }), true);
    assert.equal(isInstalled(wanted, { 'node_modules/a': a, 'node_modules/mac': a }), true);
  });

  test('but not with none, one less, one more, another version or other contents', () => {
    const stale: readonly (Lock | undefined)[] = [
      undefined,
      {},
      { 'node_modules/a': a, 'node_modules/b': a },
      { 'node_modules/a': { ...a, version: '1.0.1' } },
      { 'node_modules/a': { ...a, integrity: 'sha512-b' } },
    ];
    assert.deepEqual(
      stale.map((installed) => isInstalled(wanted, installed)),
      stale.map(() => false),
    );
  });
});
