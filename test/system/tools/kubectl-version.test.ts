// Versions are read from `kubectl version -o json`, of kubectl and of the cluster.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTooOld, readVersions } from '../../../src/system/tools/kubectl-version.ts';

const info = (major: string, minor: string, gitVersion: string) => ({ major, minor, gitVersion });

test('both versions are read, and a "+" behind the minor number is left out', () => {
  const read = readVersions({
    clientVersion: info('1', '32+', 'v1.32.4-dispatcher'),
    serverVersion: info('1', '20', 'v1.20.2'),
  });
  assert.deepEqual(read, {
    client: { text: 'v1.32.4-dispatcher', major: 1, minor: 32 },
    server: { text: 'v1.20.2', major: 1, minor: 20 },
  });
});

test('a cluster that did not answer has no version', () => {
  assert.equal(readVersions({ clientVersion: info('1', '20', 'v1.20.2') }).server, undefined);
});

test('kubectl before 1.20 is too old', () => {
  const tooOld = (minor: string) => isTooOld(readVersions({ clientVersion: info('1', minor, '') }).client);
  assert.deepEqual([tooOld('19'), tooOld('20'), tooOld('33')], [true, false, false]);
});

test('numbers that are left empty are read from the text, and are unknown where that says nothing', () => {
  const read = (minor: string, text: string) =>
    readVersions({ clientVersion: info(minor === '' ? '' : '1', minor, text) }).client;
  assert.deepEqual(read('', 'v1.34.1-custom'), { text: 'v1.34.1-custom', major: 1, minor: 34 });
  assert.deepEqual(read('', ''), { text: 'of an unstated version', major: null, minor: null });
  assert.equal(isTooOld(read('', 'v1.19.3')), true);
  assert.equal(isTooOld(read('', '')), false);
});
