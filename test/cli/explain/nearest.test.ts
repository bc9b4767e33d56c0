import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearest } from '../../../src/cli/explain/nearest.ts';
import { causeIds } from '../../../src/causes/index.ts';

test('a slip of the finger finds the word', () => {
  assert.equal(nearest('conntrack-invald', causeIds), 'conntrack-invalid');
  assert.equal(nearest('policy_reject', causeIds), 'policy-reject');
  assert.equal(nearest('UNKNOWN', causeIds), 'unknown');
});

test('a part that only one word holds finds it', () => {
  assert.equal(nearest('table-full', causeIds), 'conntrack-table-full');
  assert.equal(nearest('forged', causeIds), 'forged-reset');
});

test('a part of several words, or of none, finds nothing', () => {
  assert.equal(nearest('conntrack', causeIds), undefined);
  assert.equal(nearest('weather', causeIds), undefined);
  assert.equal(nearest('', causeIds), undefined);
});
