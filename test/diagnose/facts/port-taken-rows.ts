// The table's rows of two flows that wanted one translation.
import type { NodeEvent, PacketEvent } from '../../../src/model/node-event.ts';
import {
  arrives,
  asked,
  counters,
  failed,
  good,
  leaves,
  lost,
  packet,
  port,
  ran,
  talk,
} from '../made-by-hand.ts';
import { firstEntry } from '../story-events.ts';
import type { Row } from './row.ts';

export const reset = [failed()];
export const timedOut = [failed({ failure: 'timeout', errno: 'ETIMEDOUT' })];
export const watched = ['capture', 'conntrack-events', 'conntrack-stats'].flatMap(ran);

/** The port that the server knows the connection by, and another client's. */
const shared = 40_000;
export const otherPort = 40_077;
export const ownEntry = firstEntry(1, port, 'new', {}, shared);
export const ranOut = firstEntry(good + 0.03, port, 'destroy', {}, shared);
export const taken = (leavesAs = shared): NodeEvent =>
  firstEntry(good + 0.04, otherPort, 'new', {}, leavesAs);

const data = { seq: 35, payloadLength: 17, ipLength: 69, hasTimestampOption: true, window: 500 };
const sent = (seconds: number, retransmission: boolean): PacketEvent =>
  packet(seconds, ['cali-client', 'in'], asked, 'P.', { ...data, retransmission });
/** Twice in vain. */
export const again = [sent(good + 0.05, false), sent(good + 0.09, true)];
export const failures = (insert_failed: number, since = good + 0.02): NodeEvent =>
  counters('conntrack-stats', 'node-1', { insert_failed, drop: insert_failed }, [since, since + 0.075]);
/** For want of a place, but as many as are said apart. */
const dropped = (drop: number, insert_failed = 0): NodeEvent =>
  counters('conntrack-stats', 'node-1', { insert_failed, drop }, [good + 0.02, good + 0.095]);

const vain = [...watched, ownEntry, ...talk(), ...again];

/** The server's program says it: its socket was reset, by who opened another connection from the same port. */
const atServer = (seconds: number, flags: string, more: Partial<PacketEvent>): PacketEvent =>
  flags === '.'
    ? packet(seconds, ['cali-server', 'in'], leaves, flags, more)
    : packet(seconds, ['cali-server', 'out'], arrives, flags, { ...more, ttl: 61 });
const opensAnew = atServer(lost - 0.003, 'S', { seq: 90_001 });
const isReset = [
  atServer(lost - 0.002, '.', { seq: 534, ack: 35 }),
  atServer(lost - 0.001, 'R', { seq: 35 }),
];
const byNobodyOfItsOwn = [failed({ errno: '', phase: 'idle' })];

export const portTakenRows = {
  'RST answers another opening': {
    seen: { nodes: [...ran('capture'), ...talk(), opensAnew, ...isReset], probes: byNobodyOfItsOwn },
    notSeen: { nodes: [...ran('capture'), ...talk(), ...isReset], probes: byNobodyOfItsOwn },
    unknowable: { nodes: talk().slice(0, 0), probes: byNobodyOfItsOwn, missing: 'capture' },
  },
  'an insertion failed': {
    seen: { nodes: [...vain, failures(1)], probes: timedOut },
    notSeen: { nodes: vain, probes: timedOut },
    unknowable: { nodes: talk(), probes: timedOut, missing: 'conntrack-stats' },
  },
  'an insertion failed each time': {
    seen: { nodes: [...vain, failures(2)], probes: timedOut },
    // Of two that were sent one had no place, or somebody else's.
    notSeen: { nodes: [...vain, failures(1)], probes: timedOut },
    unknowable: {
      nodes: [...watched, ownEntry, ...talk(), ...again.slice(1), failures(2)],
      probes: timedOut,
      missing: 'rest-of-connection',
    },
  },
  'the table had no place each time': {
    seen: { nodes: [...vain, dropped(2)], probes: timedOut },
    // Of those that were dropped one had a place, and wanted a port.
    notSeen: { nodes: [...vain, dropped(2, 1)], probes: timedOut },
    unknowable: {
      nodes: [...watched, ownEntry, ...talk(), ...again.slice(1), dropped(2)],
      probes: timedOut,
      missing: 'rest-of-connection',
    },
  },
  'its translation was taken': {
    seen: { nodes: [...watched, ownEntry, ...talk(), ranOut, taken()], probes: reset },
    // Another port.
    notSeen: { nodes: [...watched, ownEntry, ...talk(), ranOut, taken(shared + 1)], probes: reset },
    unknowable: { nodes: [...watched, ...talk()], probes: reset, missing: 'entries-of-connection' },
  },
} as const satisfies Partial<Record<string, Row>>;
