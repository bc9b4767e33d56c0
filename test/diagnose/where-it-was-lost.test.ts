// What is sent again and again, and answered by nobody: where it was lost is known only to who looks at both ends of its way.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { causeModels } from '../../src/causes/index.ts';
import { diagnoseWire } from '../../src/diagnose/diagnose.ts';
import type { NodeEvent, PacketEvent, Tuple } from '../../src/model/node-event.ts';
import { counters, packet, ran, takesIcmp } from './made-by-hand.ts';
import { client, server } from './story-events.ts';

const way = (port: number): Tuple => ({ src: client, sport: port, dst: server, dport: 8_080 });
const back = (port: number): Tuple => ({ src: server, sport: 8_080, dst: client, dport: port });
const live = { window: 500, hasTimestampOption: true };

/** Another client of the same server is answered: by that the way out of its pod is known. */
const another = (node: string): PacketEvent[] => [
  packet(1, ['cali-server', 'out', node], way(40_777), 'S', { ...live, seq: 7, ttl: 62 }),
  packet(1.001, ['cali-server', 'in', node], back(40_777), 'S.', { ...live, seq: 9, ack: 8 }),
];
const openings = (place: Parameters<typeof packet>[1], ttl: number): PacketEvent[] =>
  [2, 3, 5].map((seconds) =>
    packet(seconds + (64 - ttl) * 1e-5, place, way(40_001), 'S', { ...live, seq: 100, ttl }),
  );
const witnessesOf = (node: string) =>
  [
    ...takesIcmp(),
    ...['conntrack-stats', 'conntrack-events', 'snmp', 'rule-counters', 'ip-monitor'].flatMap(ran),
  ].map((event): NodeEvent => ({ ...event, node }));
const read = (node: string, changes: Record<string, number>): NodeEvent[] =>
  [
    counters('snmp', server, changes, [2, 6]),
    counters('snmp', server, { TcpInSegs: 1 }, [18, 19]),
    counters('conntrack-stats', node, { found: 1 }, [18, 19]),
  ].map((event) => ({ ...event, node }));
/** So long after, the captures still run. */
const later = (node: string) => packet(20, ['eth0', 'in', node], way(40_999), '.', { seq: 7 });

function told(...events: readonly NodeEvent[]) {
  const [finding, more] = diagnoseWire(events, causeModels);
  assert.ok(finding !== undefined && more === undefined);
  const { cause, author, certainty, suspects, rivals } = finding;
  return { cause, author, certainty, suspects, rivals: rivals.map((rival) => rival.cause) };
}

describe('openings that nobody answers', () => {
  const onNode1 = [...witnessesOf('node-1'), later('node-1')];

  it('were dropped by the server itself where they came into its pod, and its kernel counted them', () => {
    const { cause, author, suspects } = told(
      ...onNode1,
      ...another('node-1'),
      ...openings(['cali-client', 'in'], 64),
      ...openings(['cali-server', 'out'], 63),
      ...read('node-1', { TcpExtListenOverflows: 4, TcpExtListenDrops: 4 }),
    );
    assert.deepEqual([cause, author], ['backlog-overflow', 'server-kernel']);
    assert.deepEqual(suspects, ['server-kernel']);
  });

  it('may have been where they came into its pod, whatever was counted', () => {
    const { cause, author, suspects } = told(
      ...onNode1,
      ...another('node-1'),
      ...openings(['cali-client', 'in'], 64),
      ...openings(['cali-server', 'out'], 63),
      ...read('node-1', { TcpInSegs: 4 }),
    );
    assert.deepEqual([cause, author], ['unknown', 'unknown']);
    for (const one of ['server-kernel', 'server-pod-rule'] as const) assert.ok(suspects.includes(one), one);
  });

  it('vanished on the way where they left one node and never came to the other', () => {
    const { cause, author, rivals } = told(
      ...onNode1,
      ...openings(['cali-client', 'in'], 64),
      ...witnessesOf('node-2'),
      ...another('node-2'),
      ...read('node-2', { TcpInSegs: 4 }),
      later('node-2'),
    );
    // Whether the way back was open, nobody could see: nobody spoke there.
    assert.deepEqual([cause, author, rivals], ['unknown', 'nobody', ['silent-drop', 'one-way-drop']]);
  });

  it("may have found the table of the server's node full where only the client's is watched", () => {
    const { cause, certainty } = told(
      ...onNode1,
      ...openings(['cali-client', 'in'], 64),
      counters('conntrack-stats', 'node-1', { found: 1 }, [18, 19]),
    );
    assert.notEqual(certainty?.cause, 'proven');
    assert.equal(cause, 'unknown');
  });
});
