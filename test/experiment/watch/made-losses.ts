// Connections of one client that ask, are answered, ask again and are reset: as a node's capture shows them on both their legs.
import type { NodeEvent, PacketEvent } from '../../../src/model/node-event.ts';
import { packet, source } from '../../diagnose/made-by-hand.ts';
import { client, server } from '../../diagnose/story-events.ts';

const data = { payloadLength: 9, ipLength: 61, hasTimestampOption: true, window: 500 };

/** @param seconds When the RST comes. @param number Its port and its sequence numbers are told by. */
export function resetConnection(seconds: number, number: number): PacketEvent[] {
  const port = 5_000 + (number % 50_000);
  const [seq, back] = [100_000_000 + 50 * number, 2_000_000_000 + 50 * number];
  const there = { src: client, sport: port, dst: server, dport: 80 };
  const here = { src: server, sport: 80, dst: client, dport: port };
  const both = (at: number, toServer: boolean, flags: string, more: Partial<PacketEvent>) => [
    packet(at, [toServer ? 'cali-client' : 'cali-server', 'in'], toServer ? there : here, flags, more),
    packet(at + 1e-5, [toServer ? 'cali-server' : 'cali-client', 'out'], toServer ? there : here, flags, {
      ...more,
      ttl: 63,
    }),
  ];
  return [
    ...both(seconds - 0.3, true, 'P.', { ...data, seq: seq + 1, ack: back }),
    ...both(seconds - 0.29, false, 'P.', { ...data, seq: back + 1, ack: seq + 10 }),
    ...both(seconds - 0.001, true, 'P.', { ...data, seq: seq + 10, ack: back + 10 }),
    ...both(seconds, false, 'R', { seq: back + 10 }),
  ];
}

export const started = (): NodeEvent[] =>
  ['capture', 'conntrack-events', 'ip-monitor', 'rule-counters', 'snmp', 'listeners'].map((name) =>
    source(name, 'started'),
  );

export const inOrder = <E extends NodeEvent>(events: readonly E[]): E[] =>
  events.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));

export const times = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
