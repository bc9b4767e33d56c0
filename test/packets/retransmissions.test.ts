import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createRetransmissionCounter } from '../../src/packets/retransmissions.ts';
import { tcpFlags } from '../../src/packets/tcp-packet.ts';
import { madePacket } from './made-packet.ts';

const { link } = madePacket({ at: 0 });
const data = (seq: number, sport = 1) => madePacket({ at: 0, seq, sport }).tcp;

describe('a sequence number', () => {
  it('is counted on its interface, in its direction and for its flow alone', () => {
    const counter = createRetransmissionCounter();
    assert.deepEqual(
      [1, 2, 3].map(() => counter.seenBefore(link, data(7))),
      [0, 1, 2],
    );
    assert.equal(counter.seenBefore(link, data(8)), 0);
    assert.equal(counter.seenBefore({ ...link, interfaceIndex: 3 }, data(7)), 0);
    assert.equal(counter.seenBefore({ ...link, direction: 'out' }, data(7)), 0);
    assert.equal(counter.seenBefore(link, data(7, 2)), 0);
  });

  it('of a packet without data does not count, but that of a SYN does', () => {
    const counter = createRetransmissionCounter();
    const empty = madePacket({ at: 0, seq: 7, payloadLength: 0 }).tcp;
    assert.deepEqual(
      [1, 2].map(() => counter.seenBefore(link, empty)),
      [0, 0],
    );
    const syn = { ...empty, flags: tcpFlags.syn };
    assert.deepEqual(
      [1, 2].map(() => counter.seenBefore(link, syn)),
      [0, 1],
    );
  });

  it('of a new connection over the same ports is not one of the old connection', () => {
    const counter = createRetransmissionCounter();
    counter.seenBefore(link, data(7));
    counter.seenBefore(link, { ...data(6), flags: tcpFlags.syn, payloadLength: 0 });
    assert.equal(counter.seenBefore(link, data(7)), 0);
  });

  it('is forgotten with the flow that was quiet for longest', () => {
    const counter = createRetransmissionCounter(2);
    counter.seenBefore(link, data(7, 1));
    counter.seenBefore(link, data(7, 2));
    counter.seenBefore(link, data(8, 1));
    counter.seenBefore(link, data(7, 3));
    assert.equal(counter.seenBefore(link, data(8, 1)), 1);
    assert.equal(counter.seenBefore(link, data(7, 2)), 0);
  });
});
