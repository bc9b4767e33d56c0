// Lists and watches come in pieces of any size: what is read from them does not depend on where they were cut.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createItemSplitter } from '../../src/kubernetes/item-splitter.ts';
import { createLineSplitter } from '../../src/kubernetes/line-splitter.ts';

const limits = { itemBytes: 1_000, frameBytes: 300 };

function split(bytes: Buffer, size: number) {
  const items: unknown[] = [];
  const splitter = createItemSplitter(limits, (item) => items.push(item));
  for (let at = 0; at < bytes.length; at += size) splitter.push(bytes.subarray(at, at + size));
  return { items, frame: splitter.end() };
}

describe('the items of a list', () => {
  const items = [
    { name: 'a"]}[{', nested: [{ items: [1, 2] }, []], text: 'ein ä und 漢字, 🙂 und \\' },
    {},
    { items: [{ deep: { items: [] } }] },
  ];
  const metadata = { resourceVersion: '9', continue: '{"items":[', notes: [['items'], { items: [0] }] };
  const texts = {
    'with metadata before them': JSON.stringify({ kind: 'NodeList', metadata, items }),
    'with metadata behind them': JSON.stringify({ kind: 'NodeList', items, metadata }),
    'with blanks between them': JSON.stringify({ kind: 'NodeList', metadata, items }, undefined, 1),
  };
  for (const [what, text] of Object.entries(texts)) {
    test(`${what} are the same wherever the bytes were cut`, () => {
      const bytes = Buffer.from(text);
      for (let size = 1; size <= bytes.length; size++) {
        const read = split(bytes, size);
        assert.deepEqual(read.items, items, `pieces of ${size}`);
        assert.deepEqual(read.frame, { kind: 'NodeList', metadata, items: [] });
      }
    });
  }
  test('may be none, or null, as Go writes an empty list', () => {
    assert.deepEqual(split(Buffer.from('{"items":[],"a":1}'), 3), { items: [], frame: { items: [], a: 1 } });
    assert.deepEqual(split(Buffer.from('{"items":null}'), 3), { items: [], frame: { items: null } });
  });
  test('have bounds, and so has what stands around them', () => {
    const long = JSON.stringify({ items: [{ text: 'x'.repeat(2_000) }] });
    assert.throws(() => split(Buffer.from(long), 100), /^RangeError: an item is longer than 1000 bytes$/);
    const frame = JSON.stringify({ metadata: 'x'.repeat(2_000), items: [] });
    assert.throws(
      () => split(Buffer.from(frame), 100),
      /^RangeError: what stands around the items is longer/,
    );
  });
  test('that broke off are no list', () => {
    const text = JSON.stringify({ items });
    for (let length = 0; length < text.length; length++)
      assert.throws(() => split(Buffer.from(text.slice(0, length)), 7), SyntaxError, text.slice(0, length));
  });
});

describe('the lines of a watch', () => {
  const lines = ['{"a":"ä漢🙂"}', '', 'b'.repeat(50)];
  test('are the same wherever the bytes were cut', () => {
    const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
    for (let size = 1; size <= bytes.length; size++) {
      const splitter = createLineSplitter(60);
      const read: string[] = [];
      for (let at = 0; at < bytes.length; at += size)
        read.push(...splitter.push(bytes.subarray(at, at + size)));
      assert.deepEqual(read, lines, `pieces of ${size}`);
      assert.equal(splitter.isMidLine(), false);
    }
  });
  test('have a bound, also before their end has come', () => {
    const splitter = createLineSplitter(60);
    splitter.push(Buffer.alloc(60, 'x'));
    assert.equal(splitter.isMidLine(), true);
    assert.throws(() => splitter.push(Buffer.alloc(1, 'x')), /^RangeError: a line is longer than 60 bytes$/);
  });
});
