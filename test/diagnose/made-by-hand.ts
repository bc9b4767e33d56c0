// Evidence written by hand, packet by packet, and what the diagnosis makes of it: for tests of facts, exclusions and causes.
import assert from 'node:assert/strict';
import { createProbeReader } from '../../src/diagnose/connections/lost-by-probes.ts';
import { createNodeReader } from '../../src/diagnose/connections/node-timeline.ts';
import { tell, type Story } from '../../src/diagnose/connections/story.ts';
import { lostByNodes } from '../../src/diagnose/connections/lost-by-nodes.ts';
import { clientAddresses } from '../../src/diagnose/diagnose.ts';
import type { Fact } from '../../src/diagnose/facts/fact.ts';
import { facts, type FactName, type Facts } from '../../src/diagnose/facts/index.ts';
import type { Condition } from '../../src/diagnose/who/exclusion-row.ts';
import { partsOf } from '../../src/diagnose/who/suspects.ts';
import type { IcmpErrorEvent, NodeEvent, PacketEvent, Tuple } from '../../src/model/node-event.ts';
import type { FailedEvent, ProbeEvent } from '../../src/model/probe-event.ts';
import { at, client, server, service } from './story-events.ts';

export const port = 40_001;
/** When the connection that these stories are about was made, was last well, and was lost. */
export const [born, good, lost] = [1, 2, 2.1];

/** The client's own word of how it ended. */
export function failed(how: Partial<FailedEvent> = {}): ProbeEvent {
  return {
    ...{ event: 'failed', role: 'client', class: 'here', connection: 0, slot: 0, loopDelayMs: 0 },
    ...{ local: `${client}:${port}`, remote: `${service}:8080`, at: at(lost) },
    ...{ failure: 'reset', errno: 'ECONNRESET', syscall: 'read', phase: 'awaiting' },
    ...{ livedMs: (lost - born) * 1_000, answers: 3, lastGoodAt: at(good) },
    ...how,
  };
}

/** The same client's next attempt. */
export const failedAgain = (failure: FailedEvent['failure']): ProbeEvent =>
  failed({ at: at(lost + 0.1), failure, errno: '', phase: 'connecting', local: null, lastGoodAt: null });

export function packet(
  seconds: number,
  [place, direction, node = 'node-1']: readonly [string, PacketEvent['direction'], string?],
  tuple: Tuple,
  flags: string,
  more: Partial<PacketEvent> = {},
): PacketEvent {
  const { src, sport, dst, dport } = tuple;
  return {
    ...{ event: 'packet', at: at(seconds), node, source: 'capture', file: `evidence/${node}/capture.pcap` },
    text: `${place} ${direction} ${src}.${sport} > ${dst}.${dport}: Flags [${flags}]`,
    ...{ interface: place, direction, tuple, flags, seq: 100, ack: 0, window: 0, ttl: 64, ipId: 0 },
    ...{ dontFragment: true, ipLength: 40, payloadLength: 0, hasTimestampOption: false },
    ...{ retransmission: false, ...more },
  };
}

const end = (src: string, sport: number, dst: string, dport: number): Tuple => ({ src, sport, dst, dport });
/** As the client's interface shows it, and as the server's does. */
export const [asked, answered] = [end(client, port, service, 8_080), end(service, 8_080, client, port)];
export const [arrives, leaves] = [end(client, port, server, 8_080), end(server, 8_080, client, port)];

const data = { payloadLength: 17, ipLength: 69, hasTimestampOption: true, window: 500 };
/** A question on its way through the node, and its answer: in by one pod's interface, out by the other's. */
export const question = (seconds = good, seq = 1): PacketEvent[] => [
  packet(seconds, ['cali-client', 'in'], asked, 'P.', { ...data, seq }),
  packet(seconds + 1e-5, ['cali-server', 'out'], arrives, 'P.', { ...data, seq, ttl: 63 }),
];
export const answer = (seconds = good + 0.001, seq = 500): PacketEvent[] => [
  packet(seconds, ['cali-server', 'in'], leaves, 'P.', { ...data, seq }),
  packet(seconds + 1e-5, ['cali-client', 'out'], answered, 'P.', { ...data, seq, ttl: 63 }),
];
export const talk = (): PacketEvent[] => [
  ...question(good - 0.1, 1),
  ...answer(good - 0.099, 500),
  ...question(good, 18),
  ...answer(good + 0.001, 517),
];

export const live: Partial<PacketEvent> = { flags: 'R.', window: 500, hasTimestampOption: true, ack: 35 };
/** A RST that leaves the server's pod, as a kernel without a socket sends it. */
export const serverRst = (more: Partial<PacketEvent> = {}, seconds = lost - 0.001): PacketEvent[] => [
  packet(seconds, ['cali-server', 'in'], leaves, 'R', { seq: 534, ...more }),
  packet(seconds + 1e-5, ['cali-client', 'out'], answered, 'R', { seq: 534, ...more, ttl: 63 }),
];
export const clientRst = (more: Partial<PacketEvent> = {}): PacketEvent[] => [
  packet(lost - 0.001, ['cali-client', 'in'], arrives, 'R', { seq: 35, ...more }),
  packet(lost - 0.001 + 1e-5, ['cali-server', 'out'], arrives, 'R', { seq: 35, ...more, ttl: 63 }),
];
/** A RST that only goes out, to the client. */
export const nodeRst = (more: Partial<PacketEvent> = {}): PacketEvent[] => [
  packet(lost - 0.001, ['cali-client', 'out'], answered, 'R', { seq: 534, ...more }),
];
/** A RST that comes in by the uplink in the server's name. */
export const outsideRst = (more: Partial<PacketEvent> = {}): PacketEvent[] => [
  packet(lost - 0.001, ['eth0', 'in'], answered, 'R', { seq: 534, ttl: 61, ...more }),
  packet(lost - 0.0009, ['cali-client', 'out'], answered, 'R', { seq: 534, ttl: 60, ...more }),
];

const base = (source: string, seconds: number, node = 'node-1') => ({
  ...{ source, at: at(seconds), node, text: `${source} said`, file: `evidence/${node}/${source}.log` },
});

/** An ICMP error about a packet of the connection; of no interest who sends it where nothing is said. */
export const icmpError = (
  seconds: number,
  [place, direction]: readonly [string, PacketEvent['direction']],
  [type, code]: readonly [number, number],
  more: Partial<IcmpErrorEvent> = {},
): IcmpErrorEvent => ({
  ...base('capture', seconds),
  ...{
    event: 'icmp-error',
    interface: place,
    direction,
    src: '10.1.0.1',
    dst: client,
    type,
    code,
    mtu: null,
  },
  ...{ tuple: asked, text: `${place} ${direction} ICMP type ${type} code ${code}`, ...more },
});
/** A capture that says that it takes such errors. */
export const takesIcmp = (): NodeEvent[] =>
  ran('capture').map((event) => ({ ...event, takes: ['icmp-errors'] }) as NodeEvent);

/** Counters that moved from `since` to `seconds`. */
export const counters = (
  source: 'snmp' | 'conntrack-stats' | 'rule-counters',
  scope: string,
  changes: Record<string, number>,
  [since, seconds]: readonly [number, number] = [lost - 0.05, lost + 0.05],
  values: Record<string, number> = {},
): NodeEvent => ({
  ...base(source, seconds),
  ...{ event: 'counters', scope, since: at(since), changes, values },
});

/** A later round of readings, in which something of no interest moved. */
export const laterRound = (scope: string): NodeEvent =>
  counters('snmp', scope, { TcpInSegs: 1 }, [lost + 0.1, lost + 0.2]);

export const listener = (
  seconds: number,
  change: 'opened' | 'closed',
  owner?: 'ended' | 'lives',
): NodeEvent => ({
  ...base('listeners', seconds),
  ...{ event: 'listener', scope: server, change, port: 8_080 },
  ...(owner === undefined ? {} : { owner }),
});

export const routeGone = (seconds: number): NodeEvent => ({
  ...base('ip-monitor', seconds),
  ...{ event: 'route-changed', change: 'deleted', route: `${server} dev cali-server` },
});

/** What a witness says of itself. */
export const source = (
  name: string,
  state: 'started' | 'stopped' | 'limited' | 'failed',
  more: {
    readonly seconds?: number;
    readonly lost?: number;
    readonly blindTo?: string[];
    readonly ownAddresses?: string[];
    readonly readUntil?: string;
  } = {},
): NodeEvent => ({
  ...base(name, more.seconds ?? (state === 'started' ? 0 : 9)),
  ...{ event: 'source', state, lost: more.lost ?? null },
  ...(more.blindTo === undefined ? {} : { blindTo: more.blindTo }),
  ...(more.ownAddresses === undefined ? {} : { ownAddresses: more.ownAddresses }),
  ...(more.readUntil === undefined ? {} : { readUntil: more.readUntil }),
});
export const ran = (name: string): NodeEvent[] => [source(name, 'started'), source(name, 'stopped')];

/** The story of the first loss that the probes tell of, or that the wire does where no probe told anything. */
export function storyOf(nodes: readonly NodeEvent[], probes: readonly ProbeEvent[] = []): Story {
  const probeReader = createProbeReader();
  for (const event of probes) probeReader.add(event);
  const timeline = probeReader.timeline();
  const reader = createNodeReader(timeline.lost.length > 0 ? clientAddresses(timeline) : null);
  for (const event of nodes) reader.add(event);
  const nodeTimeline = reader.timeline();
  const [loss] = timeline.lost.length > 0 ? timeline.lost : lostByNodes(nodeTimeline).lost;
  assert.ok(loss !== undefined, 'nothing was lost in this story');
  return tell(loss, timeline, nodeTimeline);
}

/** Facts of which nothing is known but that these conditions hold. */
export function factsWhere(...conditions: readonly Condition[]): Facts {
  const names = Object.keys(facts) as FactName[];
  const known = new Map(conditions.map(partsOf));
  const entries = names.map((name): [FactName, Fact] => {
    const seen = known.get(name);
    return [name, seen === undefined ? { seen: 'unknown', missing: null } : { seen, evidence: [] }];
  });
  return Object.fromEntries(entries) as unknown as Facts;
}
