// A client that asks for room in its server's shut window cannot say goodbye: what its kernel answers later does not tell when it went.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { causeModels } from '../../src/causes/index.ts';
import { diagnoseWire } from '../../src/diagnose/diagnose.ts';
import type { PacketEvent } from '../../src/model/node-event.ts';
import { atClient, kernel, known, told } from './kernel-events.ts';
import { answered, asked, packet, ran } from './made-by-hand.ts';

const data = { payloadLength: 17, ipLength: 69, hasTimestampOption: true, window: 500 };
const fromClient = (seconds: number, flags: string, more: Partial<PacketEvent> = {}) =>
  packet(seconds, ['cali-client', 'in'], asked, flags, { ack: 500, ...more });
const toClient = (seconds: number, more: Partial<PacketEvent>) =>
  packet(seconds, ['cali-client', 'out'], answered, '.', { seq: 500, ttl: 63, ...more });

const opening = [
  fromClient(1, 'S', { seq: 0, ack: 0 }),
  packet(1.001, ['cali-client', 'out'], answered, 'S.', { seq: 499, ack: 1, ttl: 63 }),
  fromClient(1.5, 'P.', { seq: 1, ...data }),
  toClient(1.501, { ack: 18 }),
];
const probes = [1.8, 2.3].flatMap((seconds) => [
  fromClient(seconds, '.', { seq: 17, window: 500 }),
  toClient(seconds + 0.0001, { ack: 18 }),
]);
const ends = [
  toClient(2.6, { ack: 18, window: 14 }),
  fromClient(2.6001, 'R', { seq: 18, ack: 0 }),
  told(2.6002, 'send-reset', atClient, { packet: 'ff02', state: 'UNKNOWN', reason: 'NO_SOCKET' }),
];

function suspects(...packets: readonly PacketEvent[]) {
  const watched = [...known, ...kernel, ...ran('capture')];
  const [finding] = diagnoseWire([...watched, ...packets, ...ends], causeModels);
  assert.ok(finding !== undefined);
  return { left: finding.suspects, sure: finding.certainty?.author };
}

describe('a client whose kernel has no socket any more', () => {
  it('may have given up in silence while it asked for room', () => {
    const { left, sure } = suspects(...opening, ...probes);
    assert.ok(left.includes('nobody'), left.join());
    assert.equal(sure, 'open');
  });

  it('may have given up in silence where the server goes on speaking, and has no room all the while', () => {
    const [probe] = probes;
    assert.ok(probe !== undefined);
    const speaks = [2, 2.3].flatMap((seconds, index) => [
      toClient(seconds, { flags: 'P.', ack: 18, seq: 500 + 10 * index, payloadLength: 10, window: 0 }),
      fromClient(seconds + 0.0001, '.', { seq: 18, ack: 510 + 10 * index, window: 500 }),
    ]);
    const { left, sure } = suspects(...opening, probe, toClient(1.8001, { ack: 18 }), ...speaks);
    assert.ok(left.includes('nobody'), left.join());
    assert.equal(sure, 'open');
  });

  it('would have said goodbye where the window was open', () => {
    assert.ok(!suspects(...opening).left.includes('nobody'));
  });
});
