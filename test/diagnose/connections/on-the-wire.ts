// Evidence of the wire alone, packet by packet, between one client and one server, and which connections it shows to be lost.
import { createNodeReader } from '../../../src/diagnose/connections/node-timeline.ts';
import { lostByNodes } from '../../../src/diagnose/connections/lost-by-nodes.ts';
import type { NodeEvent, PacketEvent, Tuple } from '../../../src/model/node-event.ts';
import { packet, source } from '../made-by-hand.ts';

/**
 * What is lost of it, as `FAILURE while PHASE`.
 *
 * @param endsAt When the capture was stopped, in seconds, having lost so many packets.
 */
export function seen(events: readonly NodeEvent[], endsAt = 9, lostPackets = 0) {
  const reader = createNodeReader(null);
  for (const event of [...events, source('capture', 'stopped', { seconds: endsAt, lost: lostPackets })])
    reader.add(event);
  const { lost, benign, stalled } = lostByNodes(reader.timeline());
  return {
    lost: lost.map(({ failure, phase }) => `${failure} while ${phase ?? '?'}`),
    benign,
    stalled,
    all: lost,
  };
}

export const [here, there] = [
  { address: '10.1.0.33', port: 40_001 },
  { address: '10.2.0.50', port: 8_080 },
];
type End = typeof here;
export const tupleOf = (from: End, to: End): Tuple => ({
  src: from.address,
  sport: from.port,
  dst: to.address,
  dport: to.port,
});
interface Said extends Partial<PacketEvent> {
  readonly client?: End;
  readonly server?: End;
}
export const toServer = (
  seconds: number,
  flags: string,
  { client = here, server = there, ...more }: Said = {},
) => packet(seconds, ['eth0', 'in'], tupleOf(client, server), flags, more);
export const toClient = (
  seconds: number,
  flags: string,
  { client = here, server = there, ...more }: Said = {},
) => packet(seconds, ['eth0', 'out'], tupleOf(server, client), flags, more);
export const opened = (seconds = 1, said: Said = {}) => [
  toServer(seconds, 'S', { seq: 1, ...said }),
  toClient(seconds + 0.001, 'S.', { seq: 500, ack: 2, ...said }),
  toServer(seconds + 0.002, '.', { seq: 2, ack: 501, ...said }),
];
export const asks = (seconds: number, seq = 2, said: Said = {}) =>
  toServer(seconds, 'P.', { seq, payloadLength: 9, ...said });
export const answers = (seconds: number, seq = 501, said: Said = {}) =>
  toClient(seconds, 'P.', { seq, payloadLength: 9, ...said });
