import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readCapture, recorded } from './recording.ts';

const capture = recorded('looped-flow.pcap');

/** The same file as another machine would have written it. */
function inOtherByteOrder(): Buffer {
  const swapped = Buffer.from(capture);
  const swap = (at: number, length: number) => swapped.subarray(at, at + length).reverse();
  swap(0, 4);
  swap(4, 2);
  swap(6, 2);
  for (let at = 8; at < 24; at += 4) swap(at, 4);
  for (let at = 24; at < capture.length; at += 16 + capture.readUInt32LE(at + 8)) {
    for (let word = at; word < at + 16; word += 4) swap(word, 4);
  }
  return swapped;
}

describe('a pcap file', () => {
  it('gives its header and every packet with time, lengths and bytes', () => {
    const { header, records, problem } = readCapture(capture);
    assert.equal(problem, null);
    assert.deepEqual([header?.linkType, header?.snapLength, header?.nanoseconds], [276, 128, true]);
    assert.equal(records.length, 14);
    assert.equal(Math.floor(records[13]?.at ?? 0) % 60e6, 50_523_476);
    assert.deepEqual([records[13]?.wireLength, records[13]?.data.length], [60, 60]);
    assert.deepEqual(Buffer.concat([header!.bytes, ...records.map((record) => record.bytes)]), capture);
  });

  it('may come in pieces of any size', () => {
    const whole = readCapture(capture).records.map((record) => record.bytes.toString('hex'));
    for (const size of [1, 7, 16, 24, 100, 1_000]) {
      const { records, problem } = readCapture(capture, size);
      assert.deepEqual(
        records.map((record) => record.bytes.toString('hex')),
        whole,
        `pieces of ${size}`,
      );
      assert.equal(problem, null);
    }
  });

  it('of the other byte order is the same', () => {
    const swapped = readCapture(inOtherByteOrder());
    assert.equal(swapped.problem, null);
    assert.equal(swapped.header?.linkType, 276);
    assert.deepEqual(
      swapped.records.map(({ at, wireLength }) => [at, wireLength]),
      readCapture(capture).records.map(({ at, wireLength }) => [at, wireLength]),
    );
  });

  it('in microseconds has the fraction as it stands', () => {
    const micro = Buffer.from(capture);
    micro.writeUInt32LE(0xa1b2c3d4, 0);
    micro.writeUInt32LE(7, 28);
    assert.equal(readCapture(micro).records[0]?.at, capture.readUInt32LE(24) * 1e6 + 7);
  });

  it('cut off at any byte gives the packets before the cut, and says so', () => {
    const ends = readCapture(capture).records.map(({ bytes }) => bytes.length);
    for (let length = 0; length < capture.length; length += 1) {
      const { records, problem } = readCapture(capture.subarray(0, length));
      let whole = 0;
      for (let at = 24; whole < ends.length && at + ends[whole]! <= length; whole += 1) at += ends[whole]!;
      assert.equal(records.length, whole, `${length} bytes`);
      const atBoundary = 24 + ends.slice(0, whole).reduce((sum, one) => sum + one, 0) === length;
      assert.equal(problem === null, atBoundary, `${length} bytes: ${String(problem)}`);
    }
    assert.match(readCapture(capture.subarray(0, 0)).problem ?? '', /empty/);
    assert.match(readCapture(capture.subarray(0, 20)).problem ?? '', /within its header/);
    assert.match(readCapture(capture.subarray(0, 60)).problem ?? '', /within a packet; its last 36 bytes/);
  });

  it('that is none says so', () => {
    assert.match(readCapture(Buffer.from('hello, this is a text file')).problem ?? '', /no pcap file/);
  });

  it('with a record longer than any packet ends there, and does not wait for it', () => {
    const broken = Buffer.from(capture);
    const second = 24 + 16 + capture.readUInt32LE(32);
    broken.writeUInt32LE(0x7fffffff, second + 8);
    const { records, problem } = readCapture(broken);
    assert.equal(records.length, 1);
    assert.match(problem ?? '', /longer than any packet/);
  });
});
