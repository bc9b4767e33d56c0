import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alignColumns } from '../../src/report/table.ts';
import { widthOf, wrap } from '../../src/report/wrap.ts';

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

test('a character that a terminal draws two columns wide counts as two, an escape as none', () => {
  assert.equal(widthOf('接続'), 4);
  assert.equal(widthOf('\x1b[1mab\x1b[22m'), 2);
  assert.deepEqual(wrap('接続 切断 x', 7), ['接続', '切断 x']);
  assert.deepEqual(alignColumns([['接続', 'a'], ['cccc', 'b']]), ['接続  a', 'cccc  b']); // prettier-ignore
});

test('a style ends with its line and goes on in the next', () => {
  assert.deepEqual(wrap('\x1b[1maa bb\x1b[22m', 2), ['\x1b[1maa\x1b[22m', '\x1b[1mbb\x1b[22m']);
});

test('without a width there is one line', () => {
  assert.deepEqual(wrap('aa  bb\ncc', Infinity, '- '), ['- aa bb cc']);
});

test('a first line that begins further right is no longer than the others, and loses nothing', () => {
  assert.deepEqual(wrap('aa bb cc dd ee ff', 12, '123456 ', '  '), ['123456 aa bb', '  cc dd ee', '  ff']);
  assert.deepEqual(wrap('aa bb cc dd', 10, '', '  '), ['aa bb cc', '  dd']);
});
