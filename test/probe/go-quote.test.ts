// goQuote against what Go documents and tests for strconv.Quote and %q.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goQuote } from '../../src/probe/go-quote.ts';

function quoted(bytes: string | number[]): string {
  return goQuote(Buffer.from(bytes as string));
}

test('printable text of any script stays as it is', () => {
  assert.equal(quoted('You said: Soy todo oídos!'), '"You said: Soy todo oídos!"');
  assert.equal(quoted('☺ 世界 e\u0301'), '"☺ 世界 e\u0301"');
  assert.equal(quoted(''), '""');
});

test('quotes, backslashes and the control characters with names are escaped by name', () => {
  assert.equal(quoted('"\\'), '"\\"\\\\"');
  assert.equal(quoted('\x07\b\f\n\r\t\v'), '"\\a\\b\\f\\n\\r\\t\\v"');
  assert.equal(quoted("'"), `"'"`);
});

test('the other control characters and DEL are two hexadecimal digits', () => {
  assert.equal(quoted('\0\x01\x1b\x1f\x7f'), '"\\x00\\x01\\x1b\\x1f\\x7f"');
});

test('unprintable characters beyond ASCII are \\u or \\U', () => {
  assert.equal(quoted('\u0080\u00a0\u00ad\u2028\ufeff'), '"\\u0080\\u00a0\\u00ad\\u2028\\ufeff"');
  assert.equal(quoted('\u{e0001}\u{10ffff}'), '"\\U000e0001\\U0010ffff"');
  assert.equal(quoted('😀'), '"😀"');
});

test('bytes that are no UTF-8 are escaped one by one, and the text around them stays', () => {
  assert.equal(quoted([0xff, 0xfe]), '"\\xff\\xfe"');
  assert.equal(quoted([0x61, 0xc3, 0x62]), '"a\\xc3b"');
  assert.equal(quoted([0xc3, 0xad, 0xff, 0x22]), '"í\\xff\\""');
  assert.equal(quoted([0xe4, 0xb8]), '"\\xe4\\xb8"');
});

test('surrogates, overlong forms and code points beyond the last are no UTF-8 either', () => {
  assert.equal(quoted([0xed, 0xa0, 0x80]), '"\\xed\\xa0\\x80"');
  assert.equal(quoted([0xc0, 0x80]), '"\\xc0\\x80"');
  assert.equal(quoted([0xf4, 0x90, 0x80, 0x80]), '"\\xf4\\x90\\x80\\x80"');
});

test('a replacement character that was really sent is printed, not escaped', () => {
  assert.equal(quoted('\ufffd'), '"\ufffd"');
  assert.equal(quoted([0xef, 0xbf, 0xbd, 0xff]), '"\ufffd\\xff"');
});
