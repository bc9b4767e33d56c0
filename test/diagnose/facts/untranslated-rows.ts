// The table's rows of what passed without being translated back, and of what was translated anew to another endpoint; and of agents.
import type { NodeEvent, PacketEvent } from '../../../src/model/node-event.ts';
import {
  arrives,
  asked,
  clientRst,
  counters,
  failed,
  good,
  leaves,
  lost,
  packet,
  port,
  ran,
  serverRst,
  talk,
} from '../made-by-hand.ts';
import { at, client, firstEntry, server, service } from '../story-events.ts';
import type { Row, Told } from './row.ts';

const reset = [failed()];
const timedOut = [failed({ failure: 'timeout', errno: 'ETIMEDOUT' })];
const ownEntry = [...ran('conntrack-events'), firstEntry(1, port)];
const capture = ran('capture');

const data = { payloadLength: 17, ipLength: 69, hasTimestampOption: true, window: 500 };
/** The client has heard all up to 534, and asks; the answer comes with the pod's own address. */
const asks = packet(lost - 0.002, ['cali-client', 'in'], asked, 'P.', { ...data, seq: 18, ack: 534 });
export const passesBy = (seq: number): PacketEvent[] => [
  asks,
  packet(lost - 0.0012, ['cali-server', 'in'], leaves, 'P.', { ...data, seq: 534, ack: 35 }),
  packet(lost - 0.0011, ['cali-client', 'out'], leaves, 'P.', { ...data, seq, ack: 35, ttl: 63 }),
];
export const farOff = 534 + 2 ** 30;
const judgedInvalid = (invalid: number): NodeEvent[] => [
  ...ran('conntrack-stats'),
  counters('conntrack-stats', 'node-1', { invalid }, [good, lost + 0.01]),
];
const answeredIt = (...more: NodeEvent[]): Told => ({
  nodes: [...ownEntry, ...talk(), ...clientRst(), ...capture, ...more],
  probes: reset,
});
const other = { sport: 40_002 };
/** Another connection of the client, to the same Service. */
const others = [
  packet(good, ['cali-client', 'in'], { ...asked, ...other }, 'S'),
  packet(lost - 0.05, ['cali-client', 'in'], { ...arrives, ...other }, 'R'),
];

export const another = '10.1.0.11';
/** The client's own packets, answered by another pod. */
export const anotherEntry = (seconds: number): NodeEvent => ({
  ...firstEntry(seconds, port, 'new', { state: 'ESTABLISHED' }),
  ...{ reply: { src: another, sport: 8_080, dst: client, dport: port } },
});

const toPod = [failed({ remote: `${server}:8080` })];
const toPodItself = (state: string): NodeEvent =>
  Object.assign(firstEntry(lost - 0.01, port, 'new', { state }), {
    original: { src: client, sport: port, dst: server, dport: 8_080 },
  });

const agent = (change: 'found' | 'started', seconds: number): NodeEvent => ({
  ...{ event: 'agent', at: at(seconds + 1), node: 'node-1', source: 'agents', text: `calico-node ${change}` },
  ...{ file: 'evidence/node-1/agents.log', change, agent: 'calico-node', startedAt: at(seconds) },
  process: { pid: 12, command: 'calico-node', container: null, pod: null },
});

export const untranslatedRows = {
  'no answer known to come untranslated': {
    seen: { probes: timedOut },
    notSeen: answeredIt(),
    unknowable: 'that none is known is seen by whoever looks',
  },
  'INVALID beyond those answers': {
    seen: answeredIt(...judgedInvalid(2)),
    // The RST itself.
    notSeen: answeredIt(...judgedInvalid(1)),
    unknowable: { ...answeredIt(), missing: 'conntrack-stats' },
  },
  'untranslated in its order': {
    seen: answeredIt(...passesBy(534)),
    notSeen: answeredIt(...passesBy(farOff)),
    unknowable: { ...answeredIt(), missing: 'captured-data' },
  },
  'it was judged INVALID': {
    seen: answeredIt(...passesBy(farOff), ...judgedInvalid(2)),
    notSeen: answeredIt(...passesBy(534), ...judgedInvalid(1)),
    // Others may have been.
    unknowable: { ...answeredIt(...passesBy(534), ...judgedInvalid(2)), missing: null },
  },
  'passed by though in its order': {
    seen: answeredIt(...passesBy(534)),
    notSeen: answeredIt(...passesBy(farOff)),
    unknowable: { ...answeredIt(...passesBy(534), ...judgedInvalid(2)), missing: null },
  },
  'others answered what was not translated': {
    seen: { nodes: [...ownEntry, ...talk(), ...others, ...capture], probes: timedOut },
    // It dialled the pod itself.
    notSeen: { nodes: [...ownEntry, ...talk(), ...others.slice(1), ...capture], probes: timedOut },
    unknowable: { nodes: ownEntry, probes: timedOut, missing: 'capture' },
  },
  'sent to another endpoint': {
    seen: { nodes: [...ownEntry, anotherEntry(good + 0.05)], probes: reset },
    // The same pod again.
    notSeen: {
      nodes: [...ownEntry, firstEntry(good + 0.05, port, 'new', { state: 'ESTABLISHED' })],
      probes: reset,
    },
    unknowable: { probes: reset, missing: 'conntrack-events' },
  },
  'first seen in mid-stream': {
    seen: { nodes: [...ran('conntrack-events'), toPodItself('ESTABLISHED')], probes: toPod },
    notSeen: { nodes: [...ran('conntrack-events'), toPodItself('SYN_SENT')], probes: toPod },
    unknowable: { probes: toPod, missing: 'conntrack-events' },
  },
  'agent restarted': {
    seen: { nodes: [...talk(), agent('started', good + 0.05)], probes: reset },
    notSeen: { nodes: [...talk(), agent('found', good + 0.05), agent('started', lost + 60)], probes: reset },
    unknowable: 'one that nobody looked for is not known to have started',
  },
} as const satisfies Partial<Record<string, Row>>;

/** A RST of the other pod, as its own interface shows it and the client's. */
export const otherRst: PacketEvent[] = [
  packet(lost - 0.001, ['cali-other', 'in'], { src: another, sport: 8_080, dst: client, dport: port }, 'R', {
    seq: 534,
  }),
  packet(
    lost - 0.00099,
    ['cali-client', 'out'],
    { src: service, sport: 8_080, dst: client, dport: port },
    'R',
    { seq: 534, ttl: 63 },
  ),
];
export const servedBefore = serverRst({ flags: 'P.', ...data }, good);
