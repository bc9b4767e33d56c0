import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wrap } from '../../../src/cli/explain/wrap.ts';

test('lines are filled up to the width and never beyond it', () => {
  assert.deepEqual(wrap('aa bb cc dd', 5), ['aa bb', 'cc dd']);
  assert.deepEqual(wrap('aa bb cc dd', 6), ['aa bb', 'cc dd']);
});

test('what stands before the first line and before the others counts towards the width', () => {
  assert.deepEqual(wrap('aa bb cc', 7, '1. ', '   '), ['1. aa', '   bb', '   cc']);
  assert.deepEqual(wrap('aa bb cc', 8, '1. ', '   '), ['1. aa bb', '   cc']);
});

test('a word that is too long has a line of its own, whole', () => {
  assert.deepEqual(wrap('a https://example.org b', 6), ['a', 'https://example.org', 'b']);
});

test('no words make no line', () => {
  assert.deepEqual(wrap(' \n ', 10, '- '), []);
});
