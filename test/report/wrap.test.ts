import assert from 'node:assert/strict';
import { test } from 'node:test';
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import { alignColumns } from '../../src/report/table.ts';
import { widthOf, wrap } from '../../src/report/wrap.ts';
import { seededRandom } from '../../src/model/random.ts';

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

test('text without wide characters, escapes or joined ones is as wide, and broken, as the libraries do it', () => {
  const random = seededRandom(11);
  const upTo = (limit: number) => Math.floor(random.next() * limit);
  const ascii = Array.from({ length: 94 }, (_, index) => String.fromCharCode(0x21 + index));
  const letters = [...ascii, '–', '—', '‘', '’', '“', '”', '…'];
  for (const letter of letters) assert.equal(widthOf(letter), stringWidth(letter), letter);
  for (let round = 0; round < 500; round += 1) {
    const word = () => Array.from({ length: 1 + upTo(12) }, () => letters[upTo(letters.length)]).join('');
    const text = Array.from({ length: 1 + upTo(30) }, word).join(' ');
    const columns = 1 + upTo(40);
    assert.equal(widthOf(text), stringWidth(text));
    assert.deepEqual(wrap(text, columns), wrapAnsi(text, columns).split('\n'), text);
  }
});
