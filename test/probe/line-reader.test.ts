// Framing: where lines end, what is refused, and that the bytes come through unchanged however they were cut.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLineReader, type LineReader } from '../../src/probe/line-reader.ts';
import { createLineRoom } from '../../src/probe/line-room.ts';

function drain(reader: LineReader): string[] {
  const lines: string[] = [];
  for (let line = reader.next(); line !== undefined; line = reader.next()) {
    lines.push(line === 'too-long' ? 'TOO LONG' : line.toString('latin1'));
    if (line === 'too-long') break;
  }
  return lines;
}

function read(maxLine: number, ...chunks: string[]): string[] {
  const reader = createLineReader(maxLine);
  return chunks.flatMap((chunk) => {
    reader.push(Buffer.from(chunk, 'latin1'));
    return drain(reader);
  });
}

test('several lines in one segment come out one by one', () => {
  assert.deepEqual(read(100, 'one\ntwo\n\nthree\n'), ['one', 'two', '', 'three']);
});

test('a line may come one byte per segment', () => {
  assert.deepEqual(read(100, ...Array.from('slow\nline\n')), ['slow', 'line']);
});

test('bytes after the last newline are no line', () => {
  assert.deepEqual(read(100, 'whole\nhalf'), ['whole']);
});

test('a line that began in one segment ends in another, and the rest of that one is read too', () => {
  assert.deepEqual(read(100, 'be', 'gin\nnext\nla', 'st\n'), ['begin', 'next', 'last']);
});

test('NUL, carriage return and bytes that are no UTF-8 are bytes like any other', () => {
  assert.deepEqual(read(100, 'a\0\r\n\xff\xfe\n'), ['a\0\r', '\xff\xfe']);
});

test('a line of exactly the maximum is accepted, whole or in pieces', () => {
  assert.deepEqual(read(4, '1234\n'), ['1234']);
  assert.deepEqual(read(4, '12', '34', '\n'), ['1234']);
});

test('a line one byte longer than the maximum is refused, finished or not', () => {
  assert.deepEqual(read(4, '12345\n'), ['TOO LONG']);
  assert.deepEqual(read(4, '12345'), ['TOO LONG']);
  assert.deepEqual(read(4, '12', '34', '5'), ['TOO LONG']);
});

test('the lines before one that is too long still come out', () => {
  assert.deepEqual(read(4, 'ok\n12345\n'), ['ok', 'TOO LONG']);
});

test('a segment pushed before the last one was read to its end loses nothing', () => {
  const reader = createLineReader(100);
  reader.push(Buffer.from('a\nb\nc'));
  assert.equal(reader.next()?.toString(), 'a');
  reader.push(Buffer.from('d\n'));
  assert.deepEqual(drain(reader), ['b', 'cd']);
});

test('any cutting of a stream gives the same lines', () => {
  const stream = 'x\n\nlonger line\nlast one\n';
  for (let first = 0; first <= stream.length; first++) {
    for (let second = first; second <= stream.length; second++) {
      const chunks = [stream.slice(0, first), stream.slice(first, second), stream.slice(second)];
      assert.deepEqual(read(11, ...chunks), ['x', '', 'longer line', 'last one']);
    }
  }
});

test('an earlier line keeps its bytes while later ones are read', () => {
  const reader = createLineReader(100);
  reader.push(Buffer.from('fir'));
  assert.equal(reader.next(), undefined);
  reader.push(Buffer.from('st\nsec'));
  const first = reader.next();
  assert.equal(reader.next(), undefined);
  reader.push(Buffer.from('ond\n'));
  assert.deepEqual([first?.toString(), ...drain(reader)], ['first', 'second']);
});

test('what all unfinished lines take together is bounded, and is given back when they end or are dropped', () => {
  const room = createLineRoom(1_000);
  const begin = () => {
    const reader = createLineReader(600, room);
    reader.push(Buffer.from('x'.repeat(400)));
    return { reader, read: drain(reader) };
  };
  const [first, second, third] = [begin(), begin(), begin()];
  assert.deepEqual([first.read, second.read, third.read], [[], [], ['TOO LONG']]);
  third.reader.drop();
  assert.deepEqual(begin().read, ['TOO LONG'], 'of a line that was refused there is nothing to give back');
  first.reader.push(Buffer.from('y\nwhole\n'));
  assert.deepEqual(
    drain(first.reader),
    ['TOO LONG'],
    'a longer buffer is needed, and there is no room for it',
  );
  first.reader.drop();
  assert.deepEqual(begin().read, []);
  second.reader.drop();
  const last = begin();
  last.reader.push(Buffer.from('\n'));
  assert.deepEqual(drain(last.reader), ['x'.repeat(400)]);
  assert.deepEqual([begin().read, begin().read], [[], ['TOO LONG']]);
});
