// The table's rows of an opening that met what the server still had of an old connection.
import type { NodeEvent, PacketEvent } from '../../../src/model/node-event.ts';
import {
  arrives,
  asked,
  answered,
  counters,
  failed,
  leaves,
  lost,
  packet,
  port,
  ran,
  talk,
} from '../made-by-hand.ts';
import { at, firstEntry, server } from '../story-events.ts';
import type { Row } from './row.ts';

/** It began after the one that had its port, and gave up after 1.4 s. */
const gaveUpAt = lost + 2;
export const givenUp = [
  failed({
    ...{ at: at(gaveUpAt), failure: 'timeout', errno: 'ETIMEDOUT' },
    ...{ phase: 'connecting', lastGoodAt: null, answers: 0, livedMs: 1_400 },
  }),
];

const isn = 7_000;
/** What the former connection had sent last. */
const former = 35;
export const opens = (seconds: number): PacketEvent[] => [
  packet(seconds, ['cali-client', 'in'], asked, 'S', { seq: isn }),
  packet(seconds + 1e-5, ['cali-server', 'out'], arrives, 'S', { seq: isn, ttl: 63 }),
];
export const acknowledges = (seconds: number, ack: number): PacketEvent[] => [
  packet(seconds, ['cali-server', 'in'], leaves, '.', { seq: 534, ack }),
  packet(seconds + 1e-5, ['cali-client', 'out'], answered, '.', { seq: 534, ack, ttl: 63 }),
];
const resets = (seconds: number): PacketEvent =>
  packet(seconds, ['cali-client', 'in'], asked, 'R', { seq: former });

const [first, second] = [lost + 0.6, lost + 1.6];
export const met = (ack = former): NodeEvent[] =>
  [first, second].flatMap((seconds) => [
    ...opens(seconds),
    ...acknowledges(seconds + 2e-5, ack),
    resets(seconds + 5e-5),
  ]);
export const watched = [...['capture', 'snmp'].flatMap(ran), firstEntry(lost + 0.6, port), ...talk()];
export const counted = (changes: Record<string, number>): NodeEvent[] => [
  counters('snmp', server, changes, [first - 0.05, second + 0.05]),
  counters('snmp', server, { TcpInSegs: 1 }, [gaveUpAt + 0.1, gaveUpAt + 0.2]),
];
const quiet = counted({ TcpEstabResets: 1 });
const seenAt = (place: string) => (event: NodeEvent) => event.event !== 'packet' || event.interface === place;

export const oldConnectionRows = {
  'a bare ACK answered its opening': {
    seen: { nodes: [...watched, ...met()], probes: givenUp },
    // It acknowledges the opening: no old connection's.
    notSeen: {
      nodes: [...watched, ...[first, second].map((seconds) => opens(seconds)[0] ?? resets(seconds))],
      probes: givenUp,
    },
    // One may have been on its way when the opening passed.
    unknowable: {
      nodes: [...watched, ...met().slice(0, 5)].filter(seenAt('cali-client')),
      probes: givenUp,
      missing: 'capture-at-server',
    },
  },
  'TIME_WAIT refused segments': {
    seen: { nodes: [...watched, ...met(), ...counted({ TcpExtPAWSTimewait: 2 })], probes: givenUp },
    notSeen: { nodes: [...watched, ...met(), ...quiet], probes: givenUp },
    unknowable: { nodes: [...ran('capture'), ...talk(), ...met()], probes: givenUp, missing: 'snmp' },
  },
  'an opening met a live socket': {
    seen: { nodes: [...watched, ...met(), ...counted({ TcpExtTCPSYNChallenge: 2 })], probes: givenUp },
    notSeen: { nodes: [...watched, ...met(), ...quiet], probes: givenUp },
    unknowable: { nodes: [...ran('capture'), ...talk(), ...met()], probes: givenUp, missing: 'snmp' },
  },
} as const satisfies Partial<Record<string, Row>>;
