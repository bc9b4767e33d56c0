// What the nodes saw, sorted by kind and indexed by address, so that each incident finds its own quickly.
import { parseMicros, type Micros } from '../../model/clock.ts';
import type {
  BlindSpot,
  ConntrackEvent,
  CountersEvent,
  NodeEvent,
  PacketEvent,
  RuleChange,
  Tuple,
} from '../../model/node-event.ts';
import { aligner, clockOffsets, wireIdentity } from './clock-offsets.ts';
import { indexEntries, type EntryIndex } from './entry-index.ts';
import { indexSpans, type SpanIndex } from '../../stats/span-index.ts';
import type { NodeWitness } from '../witness-words.ts';

export type LinkChange = Extract<NodeEvent, { event: 'link-changed' | 'route-changed' }>;
export type ListenerEvent = Extract<NodeEvent, { event: 'listener' }>;

export interface NodeTimeline {
  readonly entries: EntryIndex;
  readonly rules: readonly RuleChange[];
  /** Links and routes. */
  readonly links: readonly LinkChange[];
  readonly listeners: readonly ListenerEvent[];
  readonly counters: SpanIndex<CountersEvent>;
  /** Packets with this ADDRESS:PORT at either end, in order of time. */
  packetsOf(endpoint: string): readonly PacketEvent[];
  /** Every other ADDRESS:PORT, of the same address, that the packets of this one had on other legs of their way. */
  aliasesOf(endpoint: string): readonly string[];
  /** Whether the witness ran on the node (on any node, when null) as far as the evidence shows. */
  readonly ran: (witness: NodeWitness, node: string | null) => boolean;
  /** Whether the witness said that it cannot see such things on the node (on any node, when null). */
  readonly blind: (witness: NodeWitness, spot: BlindSpot, node: string | null) => boolean;
  readonly nodes: ReadonlySet<string>;
  /** The node that has this address in one of its pods, as far as its observers named it; null when those of several did. */
  nodeOf(address: string): string | null;
  /** How far the stamps of two nodes may still be apart after alignment, microseconds. */
  readonly clockError: Micros;
}

export interface NodeReader {
  /** Takes one event; of any node, in any order. */
  add(event: NodeEvent): void;
  timeline(): NodeTimeline;
}

/**
 * Reads the events of nodes one by one and keeps of entries and packets only those of the given clients' addresses: a node sees
 * far more traffic than ours.
 */
export function createNodeReader(clients: ReadonlySet<string>): NodeReader {
  const conntrack: ConntrackEvent[] = [];
  const rules: RuleChange[] = [];
  const links: LinkChange[] = [];
  const listeners: ListenerEvent[] = [];
  const counters: CountersEvent[] = [];
  const packets = new Map<string, PacketEvent[]>();
  const sources = new Set<string>();
  const nodes = new Set<string>();
  const homes = new Map<string, Set<string>>();
  const settle = (scope: string, node: string) => homes.set(scope, (homes.get(scope) ?? new Set()).add(node));
  const blind = new Set<string>();
  const isOurs = ({ src, dst }: Tuple) => clients.has(src) || clients.has(dst);

  function add(event: NodeEvent): void {
    nodes.add(event.node);
    if (event.event !== 'source' || event.state === 'started' || event.state === 'stopped') {
      sources.add(`${event.source} ${event.node}`).add(event.source);
    }
    switch (event.event) {
      case 'conntrack':
        if (isOurs(event.original)) conntrack.push(event);
        break;
      case 'rule-changed':
        rules.push(event);
        break;
      case 'link-changed':
      case 'route-changed':
        links.push(event);
        break;
      case 'listener':
        settle(event.scope, event.node);
        listeners.push(event);
        break;
      case 'counters':
        if (event.source === 'snmp') settle(event.scope, event.node);
        counters.push(event);
        break;
      case 'packet': {
        const { src, sport, dst, dport } = event.tuple;
        if (clients.has(src)) remember(packets, `${src}:${sport}`, event);
        if (clients.has(dst)) remember(packets, `${dst}:${dport}`, event);
        break;
      }
      case 'source':
        for (const spot of event.blindTo ?? [])
          blind.add(`${event.source} ${spot} ${event.node}`).add(`${event.source} ${spot}`);
        break;
      case 'dataplane':
        break;
    }
  }

  function timeline(): NodeTimeline {
    const all = [...new Set([...packets.values()].flat())];
    const offsets = clockOffsets(all, mostTalkative(all));
    const align = aligner(offsets);
    const sorted = <T extends NodeEvent>(events: readonly T[]) => byTime(events.map(align));
    const byEndpoint = new Map([...packets].map(([endpoint, list]) => [endpoint, sorted(list)]));
    return {
      entries: indexEntries(sorted(conntrack)),
      rules: sorted(rules),
      links: sorted(links),
      listeners: sorted(listeners),
      counters: indexSpans(
        sorted(counters.map((event) => ({ ...event, since: align({ ...event, at: event.since }).at }))),
      ),
      packetsOf: (endpoint) => byEndpoint.get(endpoint) ?? [],
      aliasesOf: findAliases(byEndpoint),
      ran: (source, node) => sources.has(node === null ? source : `${source} ${node}`),
      blind: (source, spot, node) => blind.has(`${source} ${spot}${node === null ? '' : ` ${node}`}`),
      nodes,
      nodeOf(address) {
        const [only = null, another] = homes.get(address) ?? [];
        return another === undefined ? only : null;
      },
      clockError: Math.max(0, ...[...offsets.values()].map(({ error }) => error)),
    };
  }

  return { add, timeline };
}

/** Ports are rewritten on the way, sequence numbers are not: a packet is recognised on each of its legs. */
function findAliases(
  byEndpoint: ReadonlyMap<string, readonly PacketEvent[]>,
): (endpoint: string) => readonly string[] {
  const endpointsOf = new Map<string, Set<string>>();
  for (const [endpoint, packets] of byEndpoint) {
    for (const packet of packets.filter(isTelling)) {
      const identity = wireIdentity(packet);
      const known = endpointsOf.get(identity);
      if (known === undefined) endpointsOf.set(identity, new Set([endpoint]));
      else known.add(endpoint);
    }
  }
  return (endpoint) => {
    const sameAddress = endpoint.slice(0, endpoint.lastIndexOf(':') + 1);
    const others = (byEndpoint.get(endpoint) ?? [])
      .filter(isTelling)
      .flatMap((packet) => [...(endpointsOf.get(wireIdentity(packet)) ?? [])]);
    return [...new Set(others)].filter((other) => other !== endpoint && other.startsWith(sameAddress));
  };
}

/** Whether no other packet is likely to have the same numbers: a bare acknowledgement may be repeated. */
const isTelling = ({ flags, payloadLength }: PacketEvent) => payloadLength > 0 || /[SFR]/.test(flags);

/** Sorts by time stamp. Stamps have one format and one zone, so their text sorts as their time does. */
function byTime<T extends { readonly at: string }>(events: readonly T[]): T[] {
  return events.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

/** Those of a sorted list from `from` to `to`, both included. */
export function between<T extends { readonly at: string }>(
  events: readonly T[],
  from: Micros,
  to: Micros,
): T[] {
  return events.filter((event) => {
    const at = parseMicros(event.at);
    return at >= from && at <= to;
  });
}

/** The reference for all clocks: the node that saw most of what we know. */
function mostTalkative(packets: readonly PacketEvent[]): string {
  const counts = Map.groupBy(packets, (packet) => packet.node);
  return [...counts].sort(([, a], [, b]) => b.length - a.length)[0]?.[0] ?? '';
}

function remember(packets: Map<string, PacketEvent[]>, endpoint: string, packet: PacketEvent): void {
  const list = packets.get(endpoint);
  if (list === undefined) packets.set(endpoint, [packet]);
  else list.push(packet);
}
