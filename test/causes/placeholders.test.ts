import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placeholdersIn } from '../../src/causes/placeholders.ts';

test('placeholders are found as whole words, each once, in the order of their list', () => {
  assert.deepEqual(placeholdersIn('a PORT, POD_IP and PORT'), ['POD_IP', 'PORT']);
  assert.deepEqual(placeholdersIn('DPORT PORTS port'), []);
});
