import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseGo, wantedGo, type GoVersion } from '../../bench/probing/go-toolchain.ts';

/** A machine whose `go` is of this version, and fetches others or not. */
const machine =
  (own: string | null, fetches: boolean): GoVersion =>
  (command, toolchain) => {
    if (own === null || command !== 'go') return null;
    if (toolchain === 'local') return `go version ${own} linux/amd64\n`;
    return fetches ? `go version ${toolchain} linux/amd64\n` : null;
  };

test('a system’s Go that is new enough builds the reference', () => {
  for (const version of ['go1.26.0', 'go1.27.1', 'go2.0']) {
    const expected = { toolchain: 'local', command: 'go', version, note: null };
    assert.deepEqual(chooseGo(machine(version, false)), expected);
  }
});

test('an older one fetches the one that is wanted', () => {
  const expected = { toolchain: wantedGo, command: 'go', version: wantedGo, note: null };
  assert.deepEqual(chooseGo(machine('go1.21.13', true)), expected);
});

test('where none can be fetched the system’s is used, and that is said', () => {
  const choice = chooseGo(machine('go1.24.2', false));
  assert.equal(choice?.version, 'go1.24.2');
  assert.match(choice.note ?? '', /could not be had, so the system’s go1\.24\.2 built/);
});

test('a go that knows no toolchains answers with its own version, and is not taken for another', () => {
  const choice = chooseGo((command) => (command === 'go' ? 'go version go1.19.8 linux/amd64\n' : null));
  assert.equal(choice?.version, 'go1.19.8');
  assert.notEqual(choice.note, null);
});

test('without any Go there is no choice', () => {
  assert.equal(chooseGo(machine(null, false)), null);
});
