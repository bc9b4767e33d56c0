// The smallest stories, and parts of them, that the table's rows are told with.
import type { NodeEvent, PacketEvent } from '../../../src/model/node-event.ts';
import type { FailedEvent, ProbeEvent } from '../../../src/model/probe-event.ts';
import {
  answered,
  asked,
  counters,
  failed,
  good,
  laterRound,
  leaves,
  live,
  lost,
  packet,
  port,
  ran,
  serverRst,
  talk,
} from '../made-by-hand.ts';
import type { Told, Unknowable } from './row.ts';
import { accepted, at, client, firstEntry, secondEntry, server } from '../story-events.ts';

export const reset = [failed()];
export const told = (failure: FailedEvent['failure'], more: Partial<FailedEvent> = {}): ProbeEvent[] => [
  failed({ failure, errno: '', ...more }),
];
export const timedOut = told('timeout');
export const capture = ran('capture');
export const [entries, rules, stats, monitor, listeners] = [
  'conntrack-events',
  'rule-counters',
  'conntrack-stats',
  'ip-monitor',
  'listeners',
].map(ran) as [NodeEvent[], NodeEvent[], NodeEvent[], NodeEvent[], NodeEvent[]];
/** As the server's side alone sees it: what the client sends has passed routers. */
export const awayFromClient = (packets: readonly PacketEvent[]) =>
  packets
    .filter((one) => one.interface === 'cali-server')
    .map((one): PacketEvent => ({ ...one, ttl: one.tuple.src === client ? 61 : 64 }));
/** What the server sends, where it comes into the client's node. */
export const fromAfar = (ttl: number) =>
  packet(good, ['eth0', 'in'], answered, 'P.', { seq: 500, payloadLength: 9, ttl });
export const watchedTalk = [...talk(), ...capture];
export const noCapture: Unknowable = { probes: reset, missing: 'capture' };
export const missedIt: Unknowable = { nodes: watchedTalk, probes: reset, missing: 'captured-reset' };
export const withReset = (...rst: readonly PacketEvent[]): Told => ({
  nodes: [...talk(), ...rst, ...capture],
  probes: reset,
});
export const undirected = (packets: readonly PacketEvent[]) =>
  packets.map((one): PacketEvent => ({ ...one, direction: 'unknown' }));
export const noDirection: Unknowable = {
  nodes: [...undirected([...talk(), ...serverRst()]), ...capture],
  probes: reset,
  missing: 'capture-direction',
};
export const tellsItself = 'the one who tells of the loss says how it ended';
export const onlyWire = { nodes: [...talk(), ...serverRst(), ...capture] };
export const fin = (side: 'server' | 'client') =>
  side === 'server'
    ? packet(lost - 0.002, ['cali-server', 'in'], leaves, 'F.', { seq: 534 })
    : packet(lost - 0.002, ['cali-client', 'in'], asked, 'F.', { seq: 35 });
export const resetAlone: Unknowable = {
  nodes: [...serverRst(), ...capture],
  probes: reset,
  missing: 'rest-of-connection',
};
export const connects = { local: null, phase: 'connecting', lastGoodAt: null } as const;
export const snmp = (changes: Record<string, number>, scope = server): NodeEvent[] => [
  counters('snmp', scope, { TcpInSegs: 1 }, [good - 0.3, good - 0.2]),
  counters('snmp', scope, changes),
  laterRound(scope),
];
export const counted = (changes: Record<string, number>): Told => ({
  nodes: [...talk(), ...serverRst(live), ...capture, ...snmp(changes)],
  probes: reset,
});
export const uncounted: Unknowable = { ...withReset(...serverRst(live)), missing: 'snmp' };
export const serverEnded = (failure: 'timeout' | 'reset', seconds: number): ProbeEvent => ({
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
export const serverSays = (errno: string, seconds = lost - 0.01): ProbeEvent => ({
  ...serverEnded('reset', seconds),
  ...({ failure: 'other', errno } as const),
});
export const bare = (changes: Record<string, number>): Told => ({
  nodes: [...talk(), ...serverRst(), ...capture, ...snmp(changes)],
  probes: reset,
});
export const served = (...more: ProbeEvent[]): Told => ({ probes: [...reset, accepted(1, port), ...more] });
export const answeredAt = (seconds: number): ProbeEvent => ({
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
export const noServer: Unknowable = { probes: reset, missing: 'server-events' };
export const ownEntry = [...entries, firstEntry(1, port), secondEntry(1, port, 5_001)];
export const noEntry: Unknowable = { nodes: entries, probes: reset, missing: 'entries-of-connection' };
export const nodeBorn = [
  packet(good, ['cali-client', 'in'], asked, 'P.', { seq: 1, payloadLength: 9 }),
  packet(good + 0.001, ['cali-client', 'out'], answered, 'P.', { seq: 500, payloadLength: 9 }),
];
export const ruleCount = (name: string): Told => ({
  nodes: [...talk(), ...capture, counters('rule-counters', 'node-1', { [name]: 2 })],
  probes: reset,
});
export const statCount = (
  changes: Record<string, number>,
  values: Record<string, number> = {},
  more: readonly NodeEvent[] = [],
): Told => ({
  nodes: [...more, ...stats, counters('conntrack-stats', 'node-1', changes, [good, lost + 0.01], values)],
  probes: reset,
});
export const noStats: Unknowable = { probes: reset, missing: 'conntrack-stats' };
export const rulesComeAndGo = 'a rule may come and go between two readings of the counters';
export const unlocated: Unknowable = {
  nodes: [...serverRst(), ...capture, ...snmp({})],
  probes: reset,
  missing: 'packets-to-compare',
};
