import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CapturedPacket } from '../../src/packets/captured-packet.ts';
import { createFlowKeeper, defaultKeeperBounds } from '../../src/packets/flow-keeper.ts';
import { tcpFlags } from '../../src/packets/tcp-packet.ts';
import { createUnansweredQuestions, type QuestionPacket } from '../../src/packets/unanswered-questions.ts';
import { tupleOf } from '../../src/packets/way.ts';
import { recordedPackets } from './recording.ts';

// Seven connections by the loopback, as test/lab-live/orderly-ends-inside.ts makes them, each to a port of its own.
const packets = recordedPackets('orderly-ends.pcap');
const ports = [7000, 7001, 7002, 7003, 7004, 7005, 7100];
const served = new Set(ports);
const serverOf = ({ tcp }: CapturedPacket) => {
  const { sport, dport } = tupleOf(tcp.way);
  return served.has(sport) ? sport : dport;
};

describe('in a recorded capture a question is unanswered at the FIN', () => {
  it('of the server that read it and said nothing, and of the client that waited in vain; of nobody else', () => {
    const questions = createUnansweredQuestions(served);
    const ended = packets.filter((packet) => questions.endsUnanswered(packet));
    assert.deepEqual(
      ended.map((packet) => [serverOf(packet), served.has(tupleOf(packet.tcp.way).sport)]),
      [
        [7002, true],
        [7005, false],
      ],
    );
  });

  it('so that the packets of these are kept, and without the port only those of the RST', () => {
    const keep = (servedPorts: ReadonlySet<number>) => {
      const kept: CapturedPacket[] = [];
      const keeper = createFlowKeeper({ ...defaultKeeperBounds, servedPorts }, (packet) => kept.push(packet));
      for (const packet of packets) keeper.add(packet);
      return kept;
    };
    const of = (...wanted: number[]) => packets.filter((packet) => wanted.includes(serverOf(packet)));
    const inOrder = (kept: readonly CapturedPacket[]) => kept.toSorted((a, b) => a.at - b.at);
    assert.deepEqual(inOrder(keep(new Set())), of(7100));
    assert.deepEqual(inOrder(keep(served)), of(7002, 7005, 7100));
    assert.deepEqual(inOrder(keep(new Set([7002]))), of(7002, 7100));
  });
});

describe('a question', () => {
  const way = (from: number, to: number) =>
    Buffer.from([10, 0, 0, 1, 10, 0, 0, 2, from >> 8, from & 255, to >> 8, to & 255]).toString('latin1');
  const packet = (isServers: boolean, tcp: Partial<QuestionPacket['tcp']>, at = 0, seenBefore = 0) => ({
    ...{ at: at * 1e6, flow: 'f', seenBefore },
    tcp: {
      ...{ way: isServers ? way(80, 5_000) : way(5_000, 80), flags: tcpFlags.ack, seq: 0, ack: 0 },
      ...{ payloadLength: 0, ...tcp },
    },
  });
  const says = (seq: number, payloadLength: number, more: { at?: number; seenBefore?: number } = {}) =>
    packet(false, { seq, payloadLength }, more.at, more.seenBefore);
  const answers = (ack: number) => packet(true, { ack, payloadLength: 30 });
  const fin = (isServers: boolean, at = 0, flags: number = tcpFlags.fin) => packet(isServers, { flags }, at);
  const last = (all: readonly QuestionPacket[], most?: number) => {
    const questions = createUnansweredQuestions(new Set([80]), most);
    return all.map((one) => questions.endsUnanswered(one)).at(-1);
  };

  it('is answered by data that acknowledges all of it, and by no other', () => {
    assert.equal(last([says(100, 20), fin(true)]), true);
    assert.equal(last([says(100, 20), answers(120), fin(true)]), false);
    // The answer to the one before crossed it on the way.
    assert.equal(last([says(100, 20), says(120, 20), answers(120), fin(true)]), true);
    // An acknowledgement alone is the kernel's.
    assert.equal(last([says(100, 20), packet(true, { ack: 120 }), fin(true)]), true);
    // The answer and the FIN in one.
    assert.equal(
      last([says(100, 20), packet(true, { ack: 120, payloadLength: 30, flags: tcpFlags.fin })]),
      false,
    );
  });

  it('is counted on where numbers begin anew', () => {
    assert.equal(last([says(0xffff_fff0, 32), answers(0xffff_fff8), fin(true)]), true);
    assert.equal(last([says(0xffff_fff0, 32), answers(16), fin(true)]), false);
  });

  it('is not asked by what is sent again after its answer', () => {
    assert.equal(last([says(100, 20), answers(120), says(100, 20, { seenBefore: 1 }), fin(true)]), false);
  });

  it('is none when the client closes right behind it, and none of a connection that was reset or begun anew', () => {
    assert.equal(last([says(100, 20), fin(false, 0.05)]), false);
    assert.equal(last([says(100, 20), fin(false, 0.05), fin(true, 1)]), false);
    assert.equal(last([says(100, 20), fin(false, 0.5)]), true);
    assert.equal(last([says(100, 20), fin(true, 0, tcpFlags.rst), fin(true)]), false);
    assert.equal(last([says(100, 20), fin(false, 0, tcpFlags.syn), fin(true)]), false);
  });

  it('is told once, and of so many flows at most', () => {
    assert.equal(last([says(100, 20), fin(true), fin(true)]), false);
    const other = { ...says(100, 20), flow: 'g' };
    assert.equal(last([says(100, 20), other, fin(true)], 1), false);
    assert.equal(last([says(100, 20), other, fin(true)], 2), true);
  });
});
