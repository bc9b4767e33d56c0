// Connections that real programs ended in order, each in a way of its own, as test/lab-live/orderly-ends-inside.ts makes them: by their
// packets, and by what the kernel and their sockets told of them (Linux 6.18).
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lostByNodes } from '../../../src/diagnose/connections/lost-by-nodes.ts';
import { createNodeReader } from '../../../src/diagnose/connections/node-timeline.ts';
import { formatMicros, parseMicros } from '../../../src/model/clock.ts';
import type { NodeEvent, PacketEvent } from '../../../src/model/node-event.ts';
import { packetEvent } from '../../../src/packets/packet-event.ts';
import { recordedEvents } from '../recorded-events.ts';
import { recordedPackets } from '../../packets/recording.ts';

const origin = { node: 'here', file: 'capture.pcap', nameOf: () => 'lo' };
const packets = recordedPackets('orderly-ends.pcap').map((packet) => packetEvent(packet, origin));
const told = recordedEvents('orderly-ends.ndjson');

/** By the port that was dialled, in its order. */
function lostIn(events: readonly NodeEvent[]) {
  const reader = createNodeReader(null);
  for (const event of events) reader.add(event);
  return lostByNodes(reader.timeline())
    .lost.map(({ target, failure, phase }) => [target.port, failure, phase])
    .sort(([a], [b]) => Number(a) - Number(b));
}
const ofPort = (port: number, change: (packet: PacketEvent) => PacketEvent) => {
  const isOf = ({ tuple }: PacketEvent) => tuple.sport === port || tuple.dport === port;
  return packets.filter(isOf).map(change);
};
const moved = <T extends NodeEvent>(event: T, micros: number): T => ({
  ...event,
  at: formatMicros(parseMicros(event.at) + micros),
});

const read = [7002, 'closed', 'awaiting'];
const unread = [7100, 'reset', 'awaiting'];

describe('a connection that ended in order is lost', () => {
  it('by its packets where the server closed first and owed an answer, and in no other way', () => {
    assert.deepEqual(lostIn(packets), [read, unread]);
  });

  it('by the word of kernel and sockets where the server closed first and owed an answer, and in no other way', () => {
    assert.deepEqual(lostIn(told), [read, unread]);
    // Neither end alone says another thing.
    for (const key of ['sport', 'dport'] as const) {
      const isEnds = (event: NodeEvent) => {
        if (event.event !== 'kernel' && event.event !== 'socket') return true;
        const port = event.tuple?.[key] ?? 0;
        return port >= 7_000 && port <= 7_100;
      };
      assert.deepEqual(lostIn(told.filter(isEnds))[0], read, key);
    }
  });
});

describe('a server that closes at the heels of what it was told', () => {
  it('may have been told goodbye, as its packets show', () => {
    const fin = packets.find(({ flags, tuple }) => flags.includes('F') && tuple.sport === 7_002);
    const soon = (packet: PacketEvent) => (packet.at < (fin?.at ?? '') ? packet : moved(packet, -40_000));
    assert.deepEqual(lostIn(ofPort(7_002, (packet) => packet)), [read]);
    assert.deepEqual(lostIn(ofPort(7_002, soon)), []);
  });

  it('may have been told goodbye, as its kernel knows; but not where it was killed', () => {
    const lateQuestion = told.map((event) => {
      if (event.event !== 'socket' || event.change !== 'destroyed') return event;
      const later = (ms: number | null) => (ms === null ? null : Math.max(0, ms - 40));
      // The answer before it stays where it was.
      return event.side === 'server'
        ? { ...event, lastReceivedMs: later(event.lastReceivedMs) }
        : { ...event, lastSentMs: later(event.lastSentMs) };
    });
    assert.deepEqual(lostIn(lateQuestion), [unread]);
    const close = told.find(
      (event) => event.event === 'kernel' && event.tuple?.sport === 7_002 && event.newState === 'FIN_WAIT1',
    );
    assert.ok(close?.event === 'kernel');
    const killed: NodeEvent = {
      ...moved(close, -500),
      ...{ tracepoint: 'signal', tuple: null, number: 9, state: null, newState: null },
      ...{ target: close.process, targetTask: close.task },
    };
    assert.deepEqual(lostIn([...lateQuestion, killed])[0], read);
  });
});

describe('a client that closed by itself', () => {
  it('has lost nothing by a RST that comes afterwards, of which no change of state is told', () => {
    const close = told.find(
      (event) => event.event === 'kernel' && event.tuple?.dport === 7_000 && event.newState === 'FIN_WAIT1',
    );
    assert.ok(close?.event === 'kernel');
    const reset = (micros: number): NodeEvent => ({
      ...moved(close, micros),
      ...{ tracepoint: 'receive-reset', context: 'interrupt', state: null, newState: null },
    });
    assert.deepEqual(lostIn([...told, reset(30_000)]), [read, unread]);
    assert.deepEqual(lostIn([...told, reset(-30_000)]), [read, unread]);
    // Where lines were left out its change of state may be one of them.
    const leftOut = told.map((event) =>
      event.source === 'kernel-events' && event.event === 'source' && event.state === 'stopped'
        ? { ...event, lost: 1 }
        : event,
    );
    assert.deepEqual(lostIn([...leftOut, reset(30_000)]), [read, unread]);
    assert.equal(lostIn([...leftOut, reset(-30_000)]).length, 3);
  });

  it('before it could know that the server closes has lost nothing', () => {
    const fin = packets.find(({ flags, tuple }) => flags.includes('F') && tuple.sport === 7_002);
    const unaware = (packet: PacketEvent) =>
      packet.flags.includes('F') && packet.tuple.dport === 7_002 ? { ...packet, ack: fin?.seq ?? 0 } : packet;
    assert.deepEqual(lostIn(ofPort(7_002, unaware)), []);
  });
});

describe('a question that the server never received', () => {
  it('is answered with a RST, and is no matter of its FIN', () => {
    const question = packets.findLast(
      ({ payloadLength, tuple }) => payloadLength > 0 && tuple.dport === 7_002,
    );
    const crossing = (packet: PacketEvent) =>
      packet.flags.includes('F') && packet.tuple.sport === 7_002
        ? { ...packet, ack: question?.seq ?? 0 }
        : packet;
    assert.deepEqual(lostIn(ofPort(7_002, crossing)), []);
  });
});
