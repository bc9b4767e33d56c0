// A hole in one direction, or in both: what a client says again, what the server says meanwhile, and how much of it arrives.
import type { NodeEvent, PacketEvent } from '../../src/model/node-event.ts';
import type { FailedEvent } from '../../src/model/probe-event.ts';
import { answered, asked, arrives, failed, leaves, packet, talk } from './made-by-hand.ts';
import { at } from './story-events.ts';

const said = { payloadLength: 17, ipLength: 69, hasTimestampOption: true, window: 500 };

/** A packet of the client, at its own interface, and at the server's where it arrives. `ack`: of what the server said. */
export const ofClient = (
  seconds: number,
  isHeard: boolean,
  more: Partial<PacketEvent> = {},
): PacketEvent[] => [
  packet(seconds, ['cali-client', 'in'], asked, 'P.', { ...said, seq: 35, ack: 534, ...more }),
  ...(isHeard
    ? [
        packet(seconds + 1e-5, ['cali-server', 'out'], arrives, 'P.', {
          ...said,
          seq: 35,
          ack: 534,
          ...more,
          ttl: 63,
        }),
      ]
    : []),
];
export const ofServer = (
  seconds: number,
  isHeard: boolean,
  more: Partial<PacketEvent> = {},
): PacketEvent[] => [
  packet(seconds, ['cali-server', 'in'], leaves, 'P.', { ...said, seq: 534, ack: 35, ...more }),
  ...(isHeard
    ? [
        packet(seconds + 1e-5, ['cali-client', 'out'], answered, 'P.', {
          ...said,
          seq: 534,
          ack: 35,
          ...more,
          ttl: 63,
        }),
      ]
    : []),
];
export const again = { retransmission: true };
export const bare = { payloadLength: 0, flags: '.' };

/** The first question after all was well, and its repetitions. */
export const asksInVain = (isHeard: boolean): PacketEvent[] => [
  ...ofClient(2.2, isHeard),
  ...ofClient(2.41, isHeard, again),
  ...ofClient(2.83, isHeard, again),
];
/** The server answers, and again, and acknowledges each repetition of the question. */
export const answersInVain: readonly PacketEvent[] = [
  ...ofServer(2.2005, false, { ack: 52 }),
  ...ofServer(2.4101, false, { ...bare, seq: 551, ack: 52 }),
  ...ofServer(2.42, false, { ...again, ack: 52 }),
  ...ofServer(2.8301, false, { ...bare, seq: 551, ack: 52 }),
];
/** It speaks by itself, and again, as it is not acknowledged. */
export const pushes = (isHeard: boolean): PacketEvent[] => [
  ...ofServer(2.3, isHeard),
  ...ofServer(2.51, isHeard, again),
];

export const gaveUp = (how: Partial<FailedEvent> = {}) =>
  failed({ failure: 'timeout', errno: 'DEADLINE', at: at(3), livedMs: 2_000, ...how });

export const inOrder = (...packets: readonly NodeEvent[]): NodeEvent[] =>
  [...talk(), ...packets].toSorted((a, b) => (a.at < b.at ? -1 : 1));
