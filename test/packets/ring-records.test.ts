import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PcapRecord } from '../../src/packets/pcap-reader.ts';
import { portPair, readRing } from '../../src/packets/ring-records.ts';
import { readCapture, recorded } from './recording.ts';

// Written by tcpdump, as the ring's tcpdump writes: 82 packets of several connections with one server.
const bytes = recorded('orderly-ends.pcap');
const { header, records } = readCapture(bytes);
assert.ok(header !== undefined);
const body = bytes.subarray(24);
const all = { has: () => true };
const stampsOf = (found: readonly PcapRecord[]) => found.map(({ at }) => at);

function read(piece: Buffer, isAtRecord = false, wanted: { has(pair: number): boolean } = all) {
  const found: PcapRecord[] = [];
  assert.ok(header !== undefined);
  const told = readRing(piece, header, isAtRecord, wanted, (record) => found.push(record));
  return { found, ...told };
}

describe('records of a ring', () => {
  it('are those that a capture reader finds, byte for byte', () => {
    const { found, begin, end, firstAt, lastAt, skipped } = read(body, true);
    assert.deepEqual(
      found.map((record) => record.bytes),
      records.map((record) => record.bytes),
    );
    assert.deepEqual(stampsOf(found), stampsOf(records));
    assert.deepEqual([begin, end, skipped], [0, body.length, 0]);
    assert.deepEqual([firstAt, lastAt], [records[0]?.at, records.at(-1)?.at]);
  });

  it('are found from wherever it is read, none of them twice, none left out', () => {
    const ends: number[] = [0];
    for (const record of records) ends.push((ends.at(-1) ?? 0) + record.bytes.length);
    // The last chain of records is too short to begin at, unless one begins there.
    for (let from = 0; from < body.length / 2; from += 1) {
      const { begin, found } = read(body.subarray(from));
      const first = ends.findIndex((end) => end >= from);
      assert.equal(from + begin, ends[first], `from ${from}`);
      assert.deepEqual(stampsOf(found), stampsOf(records.slice(first)));
    }
  });

  it('end before one that is half written, wherever it is cut', () => {
    const [last, before] = [records.at(-1), records.at(-2)];
    assert.ok(last !== undefined && before !== undefined);
    for (let left = 0; left < last.bytes.length; left += 1) {
      const piece = body.subarray(0, body.length - last.bytes.length + left);
      const { found, end, lastAt } = read(piece, true);
      assert.equal(found.length, records.length - 1, `${left} bytes of it`);
      assert.deepEqual([end, lastAt], [body.length - last.bytes.length, before.at]);
    }
  });

  it('are found again behind what is none', () => {
    const half = 40;
    const cut = records.slice(0, half).reduce((sum, record) => sum + record.bytes.length, 0);
    for (const length of [1, 15, 16, 100, 4_096]) {
      for (const fill of [0x00, 0x5a, 0xff]) {
        const broken = Buffer.concat([body.subarray(0, cut), Buffer.alloc(length, fill), body.subarray(cut)]);
        const { found, skipped } = read(broken, true);
        assert.deepEqual(stampsOf(found), stampsOf(records), `${length} bytes of ${fill}`);
        assert.equal(skipped, length);
      }
    }
    // The rest of a record whose beginning was written twice over.
    const doubled = Buffer.concat([body.subarray(0, cut + 30), body.subarray(cut)]);
    assert.equal(read(doubled, true).found.at(-1)?.at, records.at(-1)?.at);
  });

  it('of a part that was given back are none', () => {
    const { found, begin, end, lastAt } = read(Buffer.alloc(100_000));
    assert.deepEqual([found.length, begin, end, lastAt], [0, 100_000, 100_000, Number.NaN]);
  });

  it('are handed out by the ports of their connection, in both directions', () => {
    const pair = portPair(7_100, 41_554);
    const { found } = read(body, true, new Set([pair]));
    const own = records.filter(({ data }) => [40, 42].some((at) => data.readUInt16BE(at) === 41_554));
    assert.ok(own.length > 4 && own.length < records.length);
    assert.deepEqual(stampsOf(found), stampsOf(own));
    assert.equal(portPair(41_554, 7_100), pair);
  });

  it('of IPv6 too', () => {
    const v6 = readCapture(recorded('../cases/captures/any-v6.pcap'));
    assert.ok(v6.header !== undefined);
    const found: number[] = [];
    const piece = Buffer.concat(v6.records.map((record) => record.bytes));
    const pairs = new Set<number>();
    readRing(piece, v6.header, true, { has: (pair) => pairs.add(pair).size > 0 }, ({ at }) => found.push(at));
    assert.equal(found.length, v6.records.length);
    assert.equal(pairs.size, 1);
  });
});
