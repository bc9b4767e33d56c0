import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aligner, clockOffsets } from '../../../src/diagnose/connections/clock-offsets.ts';
import type { PacketEvent } from '../../../src/model/node-event.ts';
import { at } from '../story-events.ts';

function packet(node: string, direction: 'in' | 'out', seconds: number, seq: number): PacketEvent {
  return {
    event: 'packet',
    at: at(seconds),
    node,
    source: 'capture',
    text: '',
    file: '',
    interface: 'eth0',
    direction,
    tuple: { src: '10.1.0.1', dst: '10.1.1.1', sport: 1, dport: 2 },
    flags: 'P.',
    seq,
    ack: 1,
    window: 1,
    ttl: 64,
    ipId: 1,
    dontFragment: true,
    ipLength: 60,
    payloadLength: 20,
    hasTimestampOption: true,
    retransmission: false,
  };
}

/** Packets both ways between a and b; b's clock is `ahead` seconds ahead, the way takes `delay` seconds. */
function exchange(ahead: number, delay: number): PacketEvent[] {
  return [1, 2, 3].flatMap((time, index) => [
    packet('a', 'out', time, index),
    packet('b', 'in', time + delay + ahead, index),
    packet('b', 'out', time + 0.5 + ahead, 100 + index),
    packet('a', 'in', time + 0.5 + delay, 100 + index),
  ]);
}

describe('clocks of two nodes', () => {
  it('a day apart are aligned to within the time that a packet takes', () => {
    const offset = clockOffsets(exchange(86_400, 0.001), 'a').get('b');
    assert.ok(offset !== undefined);
    assert.ok(Math.abs(offset.offset + 86_400e6) <= 1_000, String(offset.offset));
    assert.ok(Math.abs(offset.error - 1_000) <= 1, String(offset.error));
    const moved = aligner(new Map([['b', offset]]))({ node: 'b', at: at(86_401) });
    assert.equal(moved.at.slice(0, 23), at(1).slice(0, 23));
  });

  it('that agree are left alone', () => {
    const offsets = clockOffsets(exchange(0, 0.0002), 'a');
    assert.equal(aligner(offsets)({ node: 'b', at: at(5) }).at, at(5));
  });

  it('are not compared when packets were seen one way only', () => {
    const oneWay = exchange(3, 0.001).filter(({ seq }) => seq < 100);
    assert.equal(clockOffsets(oneWay, 'a').size, 0);
  });
});
