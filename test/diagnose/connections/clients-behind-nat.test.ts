// A client that a node hides behind its own address has that address on every other node: its packets are found there, too.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createNodeReader } from '../../../src/diagnose/connections/node-timeline.ts';
import type { ConntrackEvent, NodeEvent, PacketEvent, Tuple } from '../../../src/model/node-event.ts';
import { packet } from '../made-by-hand.ts';

const client = '10.44.1.21';
const [dialled, hiddenAs, server] = ['10.128.0.12', '10.128.0.12:36692', '10.44.0.10'];
const served: Tuple = { src: dialled, sport: 36_692, dst: server, dport: 8_080 };

const entry: ConntrackEvent = {
  ...{ event: 'conntrack', at: '2026-01-01T00:00:01.000000Z', node: 'node-2', source: 'conntrack-events' },
  ...{ text: '[NEW]', file: 'evidence/node-2/conntrack-events.log', change: 'new', protocol: 'tcp' },
  ...{ state: 'SYN_SENT', id: '1', deletedByProgram: false, portid: null },
  original: { src: client, sport: 40_001, dst: dialled, dport: 30_080 },
  reply: { src: server, sport: 8_080, dst: dialled, dport: 36_692 },
};

const atServer = (seconds: number, tuple: Tuple): PacketEvent =>
  packet(seconds, ['eth0', 'in', 'node-1'], tuple, 'P.');

const ofHidden = (...events: NodeEvent[]): readonly PacketEvent[] => {
  const reader = createNodeReader(new Set([client]));
  for (const event of events) reader.add(event);
  return reader.timeline().packetsOf(hiddenAs);
};

describe('a client behind a node’s own address', () => {
  it('has its packets on the server’s node, whichever node’s evidence is read first', () => {
    const seen = atServer(1.1, served);
    assert.deepEqual(ofHidden(entry, seen), [seen]);
    assert.deepEqual(ofHidden(seen, entry), [seen]);
  });

  it('has none of another port of that address', () => {
    const other = atServer(1.1, { ...served, sport: 36_693 });
    assert.deepEqual(ofHidden(other, entry, other), []);
  });

  it('is known by as much as a busy node tells beside it, and not by all that it ever told', () => {
    const strangers = Array.from({ length: 50_000 }, (_, at) =>
      atServer(1.2 + at / 1e5, { ...served, src: '10.99.0.1' }),
    );
    const seen = atServer(1.1, served);
    assert.equal(ofHidden(seen, ...strangers.slice(0, 15_000), entry).length, 1);
    assert.equal(ofHidden(seen, ...strangers, entry).length, 0);
  });
});

describe('a pod that dials its own Service', () => {
  it('is not taken for the server that it reaches, which has its address', () => {
    const [own, service, node] = ['10.44.0.10', '10.48.14.50', '10.128.0.11'];
    const words = { seq: 7, ack: 9, payloadLength: 17 };
    const reader = createNodeReader(null);
    const asked: Tuple = { src: own, sport: 40_001, dst: service, dport: 8_080 };
    const hidden: Tuple = { src: node, sport: 36_692, dst: own, dport: 8_080 };
    reader.add(packet(1, ['cali-server', 'in'], asked, 'P.', words));
    reader.add(packet(1.0001, ['cali-server', 'out'], hidden, 'P.', { ...words, ttl: 63 }));
    assert.deepEqual(reader.timeline().aliasesOf(`${own}:40001`), []);
  });
});
