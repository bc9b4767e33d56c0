import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { emptyIpHeader, readIpHeader } from '../../src/packets/ip-header.ts';
import { readTcpHeader } from '../../src/packets/tcp-packet.ts';
import { flowOf, tupleOf } from '../../src/packets/way.ts';
import { madeFrame, type MadeFrame } from './made-capture.ts';

function wayOf(frame: Omit<MadeFrame, 'seq'>): string {
  const packet = madeFrame({ seq: 1, ...frame }).subarray(14);
  const ip = emptyIpHeader();
  assert.equal(readIpHeader(packet, 0, packet.length, ip), 'read');
  return readTcpHeader(packet, ip)?.way ?? '';
}

describe('the way of a packet', () => {
  for (const family of [4, 6] as const) {
    const [one, two] = family === 4 ? ['10.0.0.1', '10.0.0.2'] : ['fd00::1', 'fd00::2'];
    const there = { family, src: 1, dst: 2, sport: 40_000, dport: 80 };
    const back = { family, src: 2, dst: 1, sport: 80, dport: 40_000 };

    it(`is written out as its ends, IPv${family}`, () => {
      assert.deepEqual(tupleOf(wayOf(there)), { src: one, dst: two, sport: 40_000, dport: 80 });
      assert.deepEqual(tupleOf(wayOf(back)), { src: two, dst: one, sport: 80, dport: 40_000 });
    });

    it(`is of one flow with the way back, and with no other, IPv${family}`, () => {
      assert.equal(flowOf(wayOf(there)), flowOf(wayOf(back)));
      assert.notEqual(wayOf(there), wayOf(back));
      const others = [
        { sport: 80, dport: 40_000 },
        { src: 2, dst: 1 },
        { src: 3 },
        { dst: 3 },
        { dport: 81 },
      ];
      for (const other of others)
        assert.notEqual(flowOf(wayOf({ ...there, ...other })), flowOf(wayOf(there)));
    });
  }
});
