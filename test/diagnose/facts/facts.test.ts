// Every fact in the smallest story in which it is seen, not seen by a witness that would have seen it, and unknowable.
import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import { facts, type FactName } from '../../../src/diagnose/facts/index.ts';
import type { NodeEvent, PacketEvent } from '../../../src/model/node-event.ts';
import type { FailedEvent, ProbeEvent } from '../../../src/model/probe-event.ts';
import {
  answer,
  answered,
  asked,
  clientRst,
  counters,
  failed,
  failedAgain,
  good,
  laterRound,
  leaves,
  listener,
  live,
  lost,
  nodeRst,
  outsideRst,
  packet,
  port,
  question,
  ran,
  routeGone,
  serverRst,
  source,
  storyOf,
  talk,
} from '../made-by-hand.ts';
import type { Row, Told, Unknowable } from './row.ts';
import { arrivalRows } from './arrival-rows.ts';
import { icmpRows } from './icmp-rows.ts';
import { endings, kernelRows } from './kernel-rows.ts';
import { ipvsRows } from './ipvs-rows.ts';
import { packetLengthRows } from './packet-length-rows.ts';
import { addressOwnerRows } from './address-owner-rows.ts';
import { peerHostRows } from './peer-host-rows.ts';
import { ownWordRows } from './own-word-rows.ts';
import { portTakenRows } from './port-taken-rows.ts';
import { populationRows } from './population-rows.ts';
import { serverRows } from './server-rows.ts';
import { unansweredRows } from './unanswered-rows.ts';
import { untranslatedRows } from './untranslated-rows.ts';
import { whichWayRows } from './which-way-rows.ts';
import { accepted, at, client, firstEntry, rule, secondEntry, server } from '../story-events.ts';

const reset = [failed()];
const told = (failure: FailedEvent['failure'], more: Partial<FailedEvent> = {}): ProbeEvent[] => [
  failed({ failure, errno: '', ...more }),
];
const timedOut = told('timeout');
const capture = ran('capture');
const [entries, rules, stats, monitor, listeners] = [
  'conntrack-events',
  'rule-counters',
  'conntrack-stats',
  'ip-monitor',
  'listeners',
].map(ran) as [NodeEvent[], NodeEvent[], NodeEvent[], NodeEvent[], NodeEvent[]];
/** As the server's side alone sees it: what the client sends has passed routers. */
const awayFromClient = (packets: readonly PacketEvent[]) =>
  packets
    .filter((one) => one.interface === 'cali-server')
    .map((one): PacketEvent => ({ ...one, ttl: one.tuple.src === client ? 61 : 64 }));
/** What the server sends, where it comes into the client's node. */
const fromAfar = (ttl: number) =>
  packet(good, ['eth0', 'in'], answered, 'P.', { seq: 500, payloadLength: 9, ttl });
const watchedTalk = [...talk(), ...capture];
const noCapture: Unknowable = { probes: reset, missing: 'capture' };
const missedIt: Unknowable = { nodes: watchedTalk, probes: reset, missing: 'captured-reset' };
const withReset = (...rst: readonly PacketEvent[]): Told => ({
  nodes: [...talk(), ...rst, ...capture],
  probes: reset,
});
const undirected = (packets: readonly PacketEvent[]) =>
  packets.map((one): PacketEvent => ({ ...one, direction: 'unknown' }));
const noDirection: Unknowable = {
  nodes: [...undirected([...talk(), ...serverRst()]), ...capture],
  probes: reset,
  missing: 'capture-direction',
};
const tellsItself = 'the one who tells of the loss says how it ended';
const onlyWire = { nodes: [...talk(), ...serverRst(), ...capture] };
const fin = (side: 'server' | 'client') =>
  side === 'server'
    ? packet(lost - 0.002, ['cali-server', 'in'], leaves, 'F.', { seq: 534 })
    : packet(lost - 0.002, ['cali-client', 'in'], asked, 'F.', { seq: 35 });
const resetAlone: Unknowable = {
  nodes: [...serverRst(), ...capture],
  probes: reset,
  missing: 'rest-of-connection',
};
const connects = { local: null, phase: 'connecting', lastGoodAt: null } as const;
const snmp = (changes: Record<string, number>, scope = server): NodeEvent[] => [
  counters('snmp', scope, { TcpInSegs: 1 }, [good - 0.3, good - 0.2]),
  counters('snmp', scope, changes),
  laterRound(scope),
];
const counted = (changes: Record<string, number>): Told => ({
  nodes: [...talk(), ...serverRst(live), ...capture, ...snmp(changes)],
  probes: reset,
});
const uncounted: Unknowable = { ...withReset(...serverRst(live)), missing: 'snmp' };
const serverEnded = (failure: 'timeout' | 'reset', seconds: number): ProbeEvent => ({
  ...{
    event: 'ended',
    role: 'server',
    at: at(seconds),
    loopDelayMs: 0,
    local: `${server}:8080`,
    peer: `${client}:${port}`,
  },
  ...{ failure, errno: '', syscall: 'read', livedMs: 1, answers: 3 },
});
const serverSays = (errno: string, seconds = lost - 0.01): ProbeEvent => ({
  ...serverEnded('reset', seconds),
  ...({ failure: 'other', errno } as const),
});
const bare = (changes: Record<string, number>): Told => ({
  nodes: [...talk(), ...serverRst(), ...capture, ...snmp(changes)],
  probes: reset,
});
const served = (...more: ProbeEvent[]): Told => ({ probes: [...reset, accepted(1, port), ...more] });
const answeredAt = (seconds: number): ProbeEvent => ({
  ...{ event: 'answered', role: 'client', class: 'here', connection: 0, slot: 0, loopDelayMs: 0 },
  ...{
    local: `${client}:${port}`,
    remote: '10.2.0.50:8080',
    at: at(seconds),
    latencyMs: 1,
    lateMs: 0,
    answers: 1,
  },
});
const noServer: Unknowable = { probes: reset, missing: 'server-events' };
const ownEntry = [...entries, firstEntry(1, port), secondEntry(1, port, 5_001)];
const noEntry: Unknowable = { nodes: entries, probes: reset, missing: 'entries-of-connection' };
const nodeBorn = [
  packet(good, ['cali-client', 'in'], asked, 'P.', { seq: 1, payloadLength: 9 }),
  packet(good + 0.001, ['cali-client', 'out'], answered, 'P.', { seq: 500, payloadLength: 9 }),
];
const ruleCount = (name: string): Told => ({
  nodes: [...talk(), ...capture, counters('rule-counters', 'node-1', { [name]: 2 })],
  probes: reset,
});
const statCount = (
  changes: Record<string, number>,
  values: Record<string, number> = {},
  more: readonly NodeEvent[] = [],
): Told => ({
  nodes: [...more, ...stats, counters('conntrack-stats', 'node-1', changes, [good, lost + 0.01], values)],
  probes: reset,
});
const noStats: Unknowable = { probes: reset, missing: 'conntrack-stats' };
const rulesComeAndGo = 'a rule may come and go between two readings of the counters';
const unlocated: Unknowable = {
  nodes: [...serverRst(), ...capture, ...snmp({})],
  probes: reset,
  missing: 'packets-to-compare',
};

const rows: Readonly<Record<FactName, Row>> = {
  ...unansweredRows,
  ...whichWayRows,
  ...packetLengthRows,
  ...addressOwnerRows,
  ...peerHostRows,
  ...ipvsRows,
  ...arrivalRows,
  ...kernelRows,
  ...icmpRows,
  ...populationRows,
  ...serverRows,
  ...untranslatedRows,
  ...portTakenRows,
  ...ownWordRows,
  'was reset': { seen: { probes: reset }, notSeen: { probes: timedOut }, unknowable: tellsItself },
  'was refused': {
    seen: { probes: told('refused', connects) },
    notSeen: { probes: reset },
    unknowable: tellsItself,
  },
  'was closed': { seen: { probes: told('closed') }, notSeen: { probes: reset }, unknowable: tellsItself },
  'timed out': {
    seen: { probes: timedOut },
    notSeen: { probes: told('unreachable') },
    // What the client said last, it had said before: its FIN may have been lost with what it said again.
    unknowable: {
      nodes: [
        ...awayFromClient([...question(1.2, 0), ...talk(), ...question(lost - 0.01, 35), ...clientRst()]),
        ...capture,
      ],
      missing: 'capture-at-client',
    },
  },
  'was unreachable': {
    seen: { probes: told('unreachable') },
    notSeen: { probes: timedOut },
    unknowable: tellsItself,
  },
  'never connected': {
    seen: { probes: told('refused', connects) },
    notSeen: { probes: reset },
    unknowable: 'a loss is told with its phase by probes and by the wire',
  },
  'failed while idle': {
    seen: { probes: told('reset', { phase: 'idle' }) },
    notSeen: { probes: reset },
    unknowable: 'a loss is told with its phase by probes and by the wire',
  },
  'told by a probe': {
    seen: { probes: reset },
    notSeen: { nodes: [...talk(), ...question(lost - 0.01, 35), ...serverRst(), ...capture] },
    unknowable: tellsItself,
  },
  'client says it was reset': {
    seen: { probes: reset },
    notSeen: { probes: timedOut },
    unknowable: {
      nodes: [...talk(), ...question(lost - 0.01, 35), ...serverRst(), ...capture],
      missing: null,
    },
  },
  'client noticed late': {
    seen: {
      nodes: [
        ...talk(),
        packet(good + 0.01, ['cali-client', 'out'], answered, 'F.', { seq: 534 }),
        ...capture,
      ],
      probes: [
        answeredAt(good),
        failed({ at: at(lost + 1), failure: 'closed', errno: 'EOF', loopDelayMs: 900 }),
      ],
    },
    notSeen: { nodes: watchedTalk, probes: timedOut },
    unknowable: {
      ...onlyWire,
      nodes: [...talk(), ...question(lost - 0.01, 35), ...serverRst(), ...capture],
      missing: 'client-events',
    },
  },
  'server closed first': {
    seen: withReset(fin('server'), ...serverRst()),
    notSeen: withReset(...serverRst()),
    unknowable: resetAlone,
  },
  'client closed first': {
    seen: withReset(fin('client'), ...serverRst()),
    notSeen: withReset(...serverRst()),
    unknowable: resetAlone,
  },
  'sent again and again': {
    seen: {
      nodes: [
        ...talk(),
        ...question(lost - 0.01, 18).map((one): PacketEvent => ({ ...one, retransmission: true })),
        ...capture,
      ],
      probes: timedOut,
    },
    notSeen: { nodes: watchedTalk, probes: timedOut },
    unknowable: {
      nodes: [...awayFromClient(talk()), ...capture],
      probes: timedOut,
      missing: 'capture-at-client',
    },
  },
  'had been idle': {
    seen: {
      nodes: [...talk(), ...question(good + 3, 35), ...serverRst({}, good + 3.001), ...capture],
      probes: [failed({ at: at(good + 3.01) })],
    },
    notSeen: withReset(...question(lost - 0.01, 35), ...serverRst()),
    unknowable: { ...resetAlone, probes: [failed({ at: at(good + 3.01) })] },
  },
  'loser silent for long': {
    seen: { nodes: [...question(good - 1.5), ...answer(good), ...serverRst(), ...capture], probes: reset },
    notSeen: withReset(...serverRst()),
    unknowable: resetAlone,
  },
  'refused afterwards': {
    seen: { probes: [...reset, failedAgain('refused')] },
    notSeen: { probes: [...reset, failedAgain('timeout')] },
    unknowable: { probes: reset, missing: null },
  },
  'silent afterwards': {
    seen: { probes: [...reset, failedAgain('timeout')] },
    notSeen: { probes: [...reset, failedAgain('refused')] },
    unknowable: { probes: reset, missing: null },
  },
  // Long after the loss the server's half waits in vain.
  'server gave up waiting': {
    seen: served(serverEnded('timeout', lost - 0.01)),
    notSeen: served(serverEnded('timeout', lost + 60)),
    unknowable: noServer,
  },
  'server says it ended it': {
    seen: served(serverSays('CLOSED')),
    notSeen: served(serverSays('CLOSED', lost + 60)),
    unknowable: noServer,
  },
  "server's socket was destroyed": {
    seen: served(serverSays('ECONNABORTED')),
    notSeen: served(serverSays('CLOSED')),
    unknowable: noServer,
  },
  'server was reset as well': {
    seen: served(serverEnded('reset', lost - 0.01)),
    notSeen: served(),
    unknowable: {
      probes: [...reset, { ...accepted(1, 7), peer: '10.9.9.9:7' } as ProbeEvent],
      missing: 'accept-of-connection',
    },
  },
  'RST on the wire': {
    seen: withReset(...serverRst()),
    notSeen: { nodes: watchedTalk, probes: timedOut },
    unknowable: missedIt,
  },
  'RST to the client': {
    seen: withReset(...serverRst()),
    notSeen: withReset(...clientRst()),
    unknowable: {
      ...withReset(
        ...clientRst().slice(0, 1),
        ...serverRst({}, lost - 0.0005)
          .slice(0, 1)
          .map((one) => ({ ...one, node: 'node-2' })),
      ),
      missing: 'order-of-resets',
    },
  },
  'RST to the server': {
    seen: withReset(...clientRst()),
    notSeen: withReset(...serverRst()),
    unknowable: noCapture,
  },
  'RST of a live socket': {
    seen: withReset(...serverRst(live)),
    notSeen: withReset(...serverRst()),
    unknowable: {
      ...withReset(...serverRst({ flags: 'R.', hasTimestampOption: null as never })),
      missing: 'captured-options',
    },
  },
  'RST without a socket': {
    seen: withReset(...serverRst()),
    // With timestamps switched off a live socket has its window and its ACK.
    notSeen: withReset(...serverRst({ flags: 'R.', window: 500 })),
    unknowable: {
      ...withReset(...serverRst({ hasTimestampOption: null as never })),
      missing: 'captured-options',
    },
  },
  'RST has another TTL': {
    seen: withReset(...serverRst({ ttl: 250 })),
    notSeen: withReset(...serverRst()),
    unknowable: { nodes: [...serverRst(), ...capture], probes: reset, missing: 'packets-to-compare' },
  },
  'RST made on the way, by its hops': {
    seen: { nodes: [fromAfar(62), ...outsideRst({ ttl: 64 }), ...capture], probes: reset },
    // A rule on the server's node makes it one router nearer than the server.
    notSeen: { nodes: [fromAfar(62), ...outsideRst({ ttl: 63 }), ...capture], probes: reset },
    unknowable: {
      nodes: [...outsideRst({ ttl: 64 }), ...capture],
      probes: reset,
      missing: 'packets-to-compare',
    },
  },
  'RST is fresh like the others': {
    seen: withReset(...serverRst()),
    notSeen: withReset(...serverRst({ ttl: 250 })),
    unknowable: { nodes: [...serverRst(), ...capture], probes: reset, missing: 'packets-to-compare' },
  },
  "RST left the server's pod": {
    seen: withReset(...serverRst()),
    notSeen: withReset(...outsideRst()),
    unknowable: unlocated,
  },
  "RST left the client's pod": {
    seen: withReset(...clientRst()),
    notSeen: withReset(...serverRst()),
    unknowable: { nodes: [...clientRst(), ...capture], probes: reset, missing: 'packets-to-compare' },
  },
  "server's pod is known": {
    seen: { nodes: [...watchedTalk, ...snmp({})], probes: timedOut },
    // It is the node itself.
    notSeen: { nodes: [...nodeBorn, ...nodeRst(), ...capture], probes: reset },
    unknowable: { nodes: watchedTalk, probes: timedOut, missing: 'pods-of-node' },
  },
  "client's pod is known": {
    seen: { nodes: [...watchedTalk, ...snmp({}, client)], probes: timedOut },
    notSeen: 'fresh packets of a pod that is known to be elsewhere are not taken for its own interface',
    unknowable: { nodes: watchedTalk, probes: timedOut, missing: 'pods-of-node' },
  },
  'sender is the node itself': {
    seen: { nodes: [...nodeBorn, ...nodeRst(), ...capture], probes: reset },
    notSeen: withReset(...nodeRst()),
    unknowable: {
      nodes: [...nodeBorn, ...nodeRst({ ttl: 63 }), ...capture],
      probes: reset,
      missing: 'packets-to-compare',
    },
  },
  'RST made on the node': {
    seen: withReset(...nodeRst()),
    notSeen: withReset(...serverRst()),
    unknowable: {
      nodes: [
        ...talk(),
        ...nodeRst(),
        source('capture', 'started'),
        source('capture', 'stopped', { lost: 3 }),
      ],
      probes: reset,
      missing: 'what-was-lost',
    },
  },
  'RST from outside': {
    seen: withReset(...outsideRst()),
    notSeen: withReset(...serverRst()),
    unknowable: { nodes: [...outsideRst(), ...capture], probes: reset, missing: 'capture-at-server' },
  },
  'RST translated too early': {
    seen: { nodes: [...ownEntry, ...talk(), ...outsideRst(), ...capture], probes: reset },
    notSeen: { nodes: [...ownEntry, ...talk(), ...serverRst(), ...capture], probes: reset },
    unknowable: {
      nodes: [...ownEntry, ...talk(), ...undirected(outsideRst()), ...capture],
      probes: reset,
      missing: 'capture-direction',
    },
  },
  'client answered what was not translated': {
    seen: { nodes: [...ownEntry, ...talk(), ...clientRst(), ...capture], probes: reset },
    notSeen: withReset(...serverRst()),
    unknowable: noDirection,
  },
  'RST for another port': {
    seen: {
      nodes: [...ownEntry, ...talk(), ...serverRst(), ...capture],
      probes: [...reset, accepted(1, 5_001)],
    },
    notSeen: { nodes: [...talk(), ...serverRst(), ...capture], probes: [...reset, accepted(1, port)] },
    unknowable: { ...withReset(...serverRst()), missing: 'server-events' },
  },
  'rule changed': {
    seen: { nodes: [...watchedTalk, rule(good + 0.05, 'deleted')], probes: timedOut },
    notSeen: { nodes: [...watchedTalk, ...monitor], probes: timedOut },
    unknowable: {
      nodes: [...watchedTalk, ...monitor, source('ip-monitor', 'limited', { lost: 2 })],
      probes: timedOut,
      missing: 'what-was-lost',
    },
  },
  'rule moved the port': {
    seen: {
      nodes: [...ownEntry, rule(good + 0.05, 'deleted'), ...monitor],
      probes: [...reset, accepted(1, 5_001)],
    },
    notSeen: { nodes: [...ownEntry, ...monitor], probes: [...reset, accepted(1, 5_001)] },
    unknowable: { nodes: ownEntry, probes: reset, missing: 'ip-monitor' },
  },
  'entry deleted by a program': {
    seen: {
      nodes: [...ownEntry, firstEntry(good + 0.05, port, 'destroy', { deletedByProgram: true })],
      probes: reset,
    },
    notSeen: { nodes: ownEntry, probes: reset },
    unknowable: noEntry,
  },
  'entry expired': {
    seen: { nodes: [...ownEntry, firstEntry(good + 0.05, port, 'destroy')], probes: reset },
    notSeen: { nodes: ownEntry, probes: reset },
    unknowable: noEntry,
  },
  'picked up in mid-stream': {
    seen: {
      nodes: [...ownEntry, secondEntry(good + 0.05, port, 5_002, 'new', { state: 'ESTABLISHED' })],
      probes: reset,
    },
    notSeen: { nodes: ownEntry, probes: reset },
    unknowable: noEntry,
  },
  'endpoint changed': {
    seen: { nodes: [...ownEntry, routeGone(good + 0.05)], probes: reset },
    notSeen: { nodes: [...ownEntry, ...monitor], probes: reset },
    unknowable: { nodes: ownEntry, probes: reset, missing: 'ip-monitor' },
  },
  'listener closed': {
    seen: { nodes: [...ownEntry, listener(0.5, 'opened'), listener(good + 0.05, 'closed')], probes: reset },
    notSeen: { nodes: [...ownEntry, ...listeners], probes: reset },
    unknowable: {
      nodes: [...ownEntry, ...listeners, source('listeners', 'limited', { blindTo: ['pods'] })],
      probes: reset,
      missing: 'listeners',
    },
  },
  "listener's process ended": {
    seen: { nodes: [...ownEntry, listener(good + 0.05, 'closed', 'ended')], probes: reset },
    notSeen: { nodes: [...ownEntry, listener(good + 0.05, 'closed', 'lives')], probes: reset },
    unknowable: {
      nodes: [...ownEntry, listener(good + 0.05, 'closed')],
      probes: reset,
      missing: 'owner-of-listener',
    },
  },
  'sender counted its RSTs': {
    seen: counted({ TcpOutRsts: 1 }),
    notSeen: counted({ TcpInSegs: 1 }),
    unknowable: uncounted,
  },
  'sender counted just those RSTs': {
    seen: counted({ TcpOutRsts: 1 }),
    notSeen: counted({ TcpOutRsts: 2 }),
    unknowable: uncounted,
  },
  'sender counted aborts': {
    seen: counted({ TcpExtTCPAbortOnClose: 1 }),
    notSeen: counted({ TcpInSegs: 1 }),
    unknowable: uncounted,
  },
  'no abort known to be counted': {
    seen: withReset(...serverRst(live)),
    notSeen: counted({ TcpOutRsts: 1, TcpExtTCPAbortOnData: 1 }),
    unknowable: 'it is about what is known',
  },
  'sender counted an abort for each': {
    seen: counted({ TcpOutRsts: 1, TcpExtTCPAbortOnData: 1 }),
    notSeen: counted({ TcpOutRsts: 1 }),
    unknowable: uncounted,
  },
  'sender counted unread input for each': {
    seen: counted({ TcpOutRsts: 1, TcpExtTCPAbortOnClose: 1 }),
    // With linger 0, a socket that is half closed counts and sends no RST.
    notSeen: counted({ TcpOutRsts: 1, TcpExtTCPAbortOnData: 1 }),
    // One RST more was seen than was counted: whose the aborts are is not known.
    unknowable: { ...counted({ TcpOutRsts: 2, TcpExtTCPAbortOnClose: 1 }), missing: null },
  },
  'sender answered for a closed socket': {
    seen: bare({ TcpOutRsts: 1, TcpExtTCPAbortOnData: 1 }),
    notSeen: bare({ TcpOutRsts: 1 }),
    unknowable: { ...withReset(...serverRst()), missing: 'snmp' },
  },
  'sender gave up': {
    seen: counted({ TcpExtTCPAbortOnTimeout: 1 }),
    notSeen: counted({ TcpInSegs: 1 }),
    // It was stopped later, but it had read for the last time before.
    unknowable: {
      nodes: [...talk(), ...serverRst(live), ...capture, ...snmp({}).slice(0, 1), ...ran('snmp')],
      probes: reset,
      missing: 'snmp',
    },
  },
  'node counted RSTs of its own': {
    seen: {
      nodes: [...talk(), ...nodeRst(), ...capture, ...snmp({ TcpOutRsts: 1 }, 'node-1')],
      probes: reset,
    },
    notSeen: {
      nodes: [...talk(), ...nodeRst(), ...capture, ...snmp({ TcpInSegs: 1 }, 'node-1')],
      probes: reset,
    },
    unknowable: { ...withReset(...nodeRst()), missing: 'snmp' },
  },
  'packets were INVALID': {
    seen: statCount({ invalid: 1 }),
    notSeen: statCount({ found: 1 }),
    unknowable: noStats,
  },
  'INVALID packets dropped': {
    seen: ruleCount('-m conntrack --ctstate INVALID -j DROP'),
    notSeen: rulesComeAndGo,
    unknowable: { nodes: [...watchedTalk, ...rules], probes: timedOut, missing: 'rules-between-readings' },
  },
  'no drop rule known to be hit': {
    seen: { probes: timedOut },
    notSeen: ruleCount('filter FORWARD --dport 8080 -j DROP'),
    unknowable: 'that none is known is seen by whoever looks',
  },
  'table overflowed': {
    seen: statCount({ early_drop: 1 }),
    notSeen: statCount({ found: 1 }, {}, [...ownEntry, laterRound(server)]),
    // The table of the server's node may be full where nobody looks at it.
    unknowable: { ...statCount({ found: 1 }), missing: 'conntrack-stats' },
  },
  'table full': {
    seen: statCount({}, { nf_conntrack_count: 99, nf_conntrack_max: 100 }),
    notSeen: statCount({}, { nf_conntrack_count: 9, nf_conntrack_max: 100 }),
    unknowable: noStats,
  },
  "listener's process lived on": {
    seen: { nodes: [...ownEntry, listener(good + 0.05, 'closed', 'lives')], probes: reset },
    notSeen: { nodes: [...ownEntry, listener(good + 0.05, 'closed', 'ended')], probes: reset },
    unknowable: {
      nodes: [...ownEntry, listener(good + 0.05, 'closed')],
      probes: reset,
      missing: 'owner-of-listener',
    },
  },
  'reject rule hit': {
    seen: ruleCount('-p tcp -j REJECT'),
    notSeen: rulesComeAndGo,
    unknowable: {
      nodes: [...watchedTalk, ...rules, source('rule-counters', 'limited', { blindTo: ['reject'] })],
      probes: timedOut,
      missing: 'rules-without-counter',
    },
  },
  'drop rule hit': {
    seen: ruleCount('-p tcp -j DROP'),
    notSeen: rulesComeAndGo,
    unknowable: { nodes: [...watchedTalk, ...capture], probes: timedOut, missing: 'rule-counters' },
  },
};

test('a packet that is dropped because its entry could not be added beside another does not say that the table is full', () => {
  const look = (changes: Record<string, number>) =>
    facts['table overflowed'](
      storyOf([...ownEntry, ...stats, counters('conntrack-stats', 'node-1', changes)], timedOut),
    );
  assert.equal(look({ drop: 2, insert_failed: 1 }).seen, 'yes');
  assert.notEqual(look({ drop: 2, insert_failed: 2 }).seen, 'yes');
});

describe('whether the process that aborted a connection was ending', () => {
  const look = ({ nodes = [], probes = [] }: Told) => facts['its process was ending'](storyOf(nodes, probes));
  it('SIGKILL says so without an exit', () => assert.equal(look(endings.killed).seen, 'yes'));
  it('SIGTERM says nothing: what a program does then is its own business', () =>
    assert.equal(look(endings.asked).seen, 'unknown'));
  it('whoever listens after it is another one: that no look found it closed says nothing then', () => {
    const closed = (told: Told) =>
      facts['listener closed'](storyOf([...(told.nodes ?? []), ...listeners], told.probes)).seen;
    assert.equal(closed(endings.killed), 'unknown');
    assert.equal(closed(endings.asked), 'no');
  });
  it('the exit may be told after its sockets were closed', () =>
    assert.equal(look(endings.exitToldLate).seen, 'yes'));
  it('nothing is said of a client that sent in vain before it went', () => {
    const { nodes = [], probes = [] } = endings.inVain;
    assert.equal(facts['client had closed it before'](storyOf(nodes, probes)).seen, 'unknown');
  });
  it('a kernel that counted a RST of which nobody told may have sent the one that came', () => {
    const sent = ({ nodes = [], probes = [] }: Told) =>
      facts["server's kernel sent a RST"](storyOf(nodes, probes)).seen;
    assert.equal(sent(endings.counted), 'unknown');
    assert.equal(sent(endings.countedAnother), 'no');
    assert.equal(sent(endings.ofNewPod), 'unknown');
  });
  it("a RST from elsewhere is no stranger's where the server's kernel told of one, or counted one that nobody saw", () => {
    const outside = ({ nodes = [], probes = [] }: Told) =>
      facts['RST from outside'](storyOf(nodes, probes)).seen;
    assert.equal(outside(endings.outsideThough.silent), 'yes');
    assert.equal(outside(endings.outsideThough.told), 'unknown');
    assert.equal(outside(endings.outsideThough.counted), 'unknown');
  });
  it('a capture that stopped together with the one that saw the RST may have stopped before the RST left its end', () => {
    const stopsAt = (seconds: number): NodeEvent[] => [
      source('capture', 'started'),
      source('capture', 'stopped', { seconds }),
    ];
    const outside = (stop: number) =>
      facts['RST from outside'](storyOf([...talk(), ...outsideRst(), ...stopsAt(stop)], reset)).seen;
    assert.equal(outside(lost + 0.01), 'unknown');
    assert.equal(outside(lost + 1), 'yes');
  });
  it('a RST of a listener that waited for its neighbour may be the one that came', () => {
    const { nodes = [], probes = [] } = endings.heldBack;
    assert.equal(facts["server's kernel sent a RST"](storyOf(nodes, probes)).seen, 'unknown');
  });
  it('a program that exits by itself closes by that what it has, as one does that serves one connection', () =>
    assert.equal(look(endings.ofItself).seen, 'unknown'));
  it('a signal that is not told of is on the way that leads to its end', () =>
    assert.equal(look(endings.bySomeSignal).seen, 'yes'));
  it('an exit that may still be told is no exit yet', () =>
    assert.equal(
      look({ ...endings.justNow, nodes: (endings.justNow.nodes ?? []).slice(0, -2) }).seen,
      'unknown',
    ));
});

test('every fact has its three stories here, or a reason why it cannot have one', () => {
  assert.deepEqual(Object.keys(rows).sort(), Object.keys(facts).sort());
  for (const [name, row] of Object.entries(rows))
    for (const [how, story] of Object.entries(row) as [string, Told | string][])
      assert.ok(typeof story !== 'string' || story.length > 20, `${name}, ${how}`);
});

const isTold = (story: Told | string): story is Told => typeof story !== 'string';

for (const [name, { seen, notSeen, unknowable }] of Object.entries(rows) as [FactName, Row][])
  describe(`"${name}"`, () => {
    const look = ({ nodes = [], probes = [] }: Told) => facts[name](storyOf(nodes, probes));
    if (isTold(seen)) it('is seen', () => assert.equal(look(seen).seen, 'yes'));
    if (isTold(notSeen)) it('is not seen', () => assert.equal(look(notSeen).seen, 'no'));
    if (typeof unknowable !== 'string')
      it('cannot be known', () =>
        assert.deepEqual(look(unknowable), { seen: 'unknown', missing: unknowable.missing }));
  });
