// What the nodes saw, sorted by kind and indexed by address, so that each lost connection finds its own quickly.
import { parseMicros, type Micros } from '../../model/clock.ts';
import type {
  BlindSpot,
  ConntrackEvent,
  CountersEvent,
  IcmpErrorEvent,
  NodeEvent,
  PacketEvent,
  RuleChange,
  SourceEvent,
  Tuple,
} from '../../model/node-event.ts';
import { formatEndpoint, type Endpoint } from '../../model/endpoint.ts';
import {
  indexLinks,
  indexListeners,
  indexRules,
  type LinkChange,
  type LinkIndex,
  type ListenerEvent,
} from './change-index.ts';
import { aligner, clockOffsets } from './clock-offsets.ts';
import { indexEntries, type EntryIndex } from './entry-index.ts';
import { indexErrors, type IcmpIndex } from './icmp-index.ts';
import { findAliases, findEntrances, findOrigins, findPeers, type Entrance } from './packet-index.ts';
import type { CapturedUntil } from './sent-in-vain.ts';
import { tallyResets, type ResetTallies } from './reset-tally.ts';
import { indexSpans, type SpanIndex } from '../../stats/span-index.ts';
import type { NodeWitness } from '../witness-words.ts';

export interface NodeTimeline {
  readonly entries: EntryIndex;
  readonly rules: readonly RuleChange[];
  /** Every change, over the whole run, of the rules that these changes are of. */
  rulesLike(changes: readonly RuleChange[]): readonly RuleChange[];
  readonly links: LinkIndex;
  /** Those of a namespace and port, in order of time. */
  listenersOf(scope: string, port: number): readonly ListenerEvent[];
  readonly counters: SpanIndex<CountersEvent>;
  /** Packets with this ADDRESS:PORT at either end, in order of time. */
  packetsOf(endpoint: string): readonly PacketEvent[];
  /** The other ends of these packets, each once, of many only the first few. */
  peersOf(endpoint: string): readonly Endpoint[];
  /** Every other ADDRESS:PORT, of the same address, that the packets of this one had on other legs of their way. */
  aliasesOf(endpoint: string): readonly string[];
  /** Whether the witness ran on the node (on any node, when null) as far as the evidence shows. */
  readonly ran: (witness: NodeWitness, node: string | null) => boolean;
  /** Whether the witness said that it cannot see such things on the node (on any node, when null). */
  readonly blind: (witness: NodeWitness, spot: BlindSpot, node: string | null) => boolean;
  /** When the witness last said anything on the node; what came later it may not have seen any more. */
  readonly lastHeard: (witness: NodeWitness, node: string) => Micros;
  /** When the witness was first heard of on the node; what came earlier it did not see. */
  readonly firstHeard: (witness: NodeWitness, node: string) => Micros;
  /**
   * From when on the witness may have missed something on the node, by what it said of itself: what it does not show after that may
   * have been there. Infinity for never.
   */
  readonly missesSince: (witness: NodeWitness, node: string) => Micros;
  /** Whether the witness said that it began on the node after `from`, or stopped before `to`: what it does not show it could not see. */
  readonly missed: (witness: NodeWitness, node: string, from: Micros, to: Micros) => boolean;
  /**
   * Counters that a round of readings on the node found to have moved since this moment: all others of the node were read in that
   * round, too; or all were read once more after it, as the witness says. That it was stopped later says nothing of when it last read.
   */
  readonly lastRoundSince: (witness: NodeWitness, node: string) => Micros;
  /**
   * Where packets that a node sends from this ADDRESS:PORT come from: they came in before, or they are born there. Null when none
   * was seen, or both were.
   */
  readonly originOf: (node: string, endpoint: string) => 'here' | 'elsewhere' | null;
  readonly icmp: IcmpIndex;
  readonly nodes: ReadonlySet<string>;
  /** The node that has this address in one of its pods, as far as its observers named it; null when those of several did. */
  readonly nodeOf: (address: string) => string | null;
  /** The node whose own address it is, as its observers found; null when several have it, as each has a Service's with ipvs. */
  readonly hostOf: (address: string) => string | null;
  /** How far the stamps of two nodes may still be apart after alignment, microseconds. */
  readonly clockError: Micros;
  /** Whether counters of that namespace were read at all: it was heard of when one moved. */
  readonly counted: (scope: string) => boolean;
  /** What kernels counted of the RSTs that were seen. */
  readonly resets: ResetTallies;
  /** Where fresh packets of the address come in, be it on other connections; null when at several places, or none. */
  readonly entranceOf: (address: string) => Entrance | null;
  /** How far what was captured of the node can be trusted to be whole. */
  readonly capturedUntil: CapturedUntil;
  /** Every packet that was kept, in order of time. */
  readonly packets: readonly PacketEvent[];
}

export interface NodeReader {
  /** Takes one event; of any node, in any order. */
  add(event: NodeEvent): void;
  timeline(): NodeTimeline;
}

/**
 * Reads the events of nodes one by one and keeps of entries and packets only those of the given clients' addresses: a node sees
 * far more traffic than ours. Null keeps all: then anybody's connections are looked for.
 */
export function createNodeReader(clients: ReadonlySet<string> | null): NodeReader {
  const conntrack: ConntrackEvent[] = [];
  const rules: RuleChange[] = [];
  const links: LinkChange[] = [];
  const listeners: ListenerEvent[] = [];
  const counters: CountersEvent[] = [];
  const packets = new Map<string, PacketEvent[]>();
  const errors: IcmpErrorEvent[] = [];
  const takesErrors = new Set<string>();
  const sources = new Set<string>();
  const lastHeard = new Map<string, string>();
  const firstHeard = new Map<string, string>();
  const lastRound = new Map<string, string>();
  const missesSince = new Map<string, Micros>();
  const lost = new Map<string, number>();
  const limited = new Set<string>();
  const begun = new Map<string, string>();
  const stopped = new Map<string, string>();
  const counted = new Set<string>();
  const nodes = new Set<string>();
  const homes = new Map<string, Set<string>>();
  const settle = (scope: string, node: string) => homes.set(scope, (homes.get(scope) ?? new Set()).add(node));
  const hosts = new Map<string, Set<string>>();
  const blind = new Set<string>();
  const isWanted = (address: string) => clients === null || clients.has(address);
  const isOurs = ({ src, dst }: Tuple) => isWanted(src) || isWanted(dst);

  function add(event: NodeEvent): void {
    nodes.add(event.node);
    const said = `${event.source} ${event.node}`;
    if (event.at > (lastHeard.get(said) ?? '')) lastHeard.set(said, event.at);
    if (event.at < (firstHeard.get(said) ?? '\uffff')) firstHeard.set(said, event.at);
    if (event.event !== 'source' || event.state === 'started' || event.state === 'stopped') {
      sources.add(said).add(event.source);
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
        if (event.source === 'snmp') {
          settle(event.scope, event.node);
          counted.add(event.scope);
        }
        if (event.since > (lastRound.get(said) ?? '')) lastRound.set(said, event.since);
        counters.push(event);
        break;
      case 'packet': {
        const { src, sport, dst, dport } = event.tuple;
        if (isWanted(src)) remember(packets, formatEndpoint({ address: src, port: sport }), event);
        if (isWanted(dst)) remember(packets, formatEndpoint({ address: dst, port: dport }), event);
        break;
      }
      case 'source':
        noteMissed(event, said);
        if ((event.readUntil ?? '') > (lastRound.get(said) ?? '')) lastRound.set(said, event.readUntil ?? '');
        for (const address of event.ownAddresses ?? [])
          hosts.set(address, (hosts.get(address) ?? new Set()).add(event.node));
        if (event.state === 'started' && event.at < (begun.get(said) ?? '\uffff')) begun.set(said, event.at);
        if (event.state === 'stopped' && event.at > (stopped.get(said) ?? '')) stopped.set(said, event.at);
        if (event.state === 'failed' || (event.state === 'limited' && event.blindTo === undefined))
          limited.add(said);
        lost.set(said, Math.max(lost.get(said) ?? 0, event.lost ?? 0));
        if (event.takes?.includes('icmp-errors') === true) takesErrors.add(event.node);
        for (const spot of event.blindTo ?? [])
          blind.add(`${event.source} ${spot} ${event.node}`).add(`${event.source} ${spot}`);
        break;
      case 'icmp-error':
        if (isOurs(event.tuple)) errors.push(event);
        break;
      case 'dataplane':
      case 'kernel':
      case 'socket':
      case 'name':
        break;
    }
  }

  /** A count of what was lost tells no time; of a bound that was met, or of a tool that ended, it is told soon after it began. */
  function noteMissed({ state, lost, blindTo, at }: SourceEvent, said: string): void {
    const sinceEver = (lost ?? 0) > 0;
    const sinceShortly = state === 'failed' || (state === 'limited' && blindTo === undefined);
    if (!sinceEver && !sinceShortly) return;
    const since = sinceEver ? -Infinity : parseMicros(at) - toldWithin;
    missesSince.set(said, Math.min(since, missesSince.get(said) ?? Infinity));
  }

  function timeline(): NodeTimeline {
    const all = [...new Set([...packets.values()].flat())];
    const offsets = clockOffsets(all, mostTalkative(all));
    const align = aligner(offsets);
    const sorted = <T extends NodeEvent>(events: readonly T[]) => byTime(events.map(align));
    // Each is moved once, so that a packet is the same object on whichever list it stands.
    const moved = new Map(offsets.size === 0 ? [] : all.map((packet) => [packet, align(packet)]));
    const movedOf = (packet: PacketEvent) => moved.get(packet) ?? packet;
    const byEndpoint = new Map([...packets].map(([end, list]) => [end, byTime(list.map(movedOf))]));
    const inOrder = byTime(all.map(movedOf));
    const readings = sorted(
      counters.map((event) => ({ ...event, since: align({ ...event, at: event.since }).at })),
    );
    const rulesInOrder = sorted(rules);
    return {
      entries: indexEntries(sorted(conntrack)),
      rules: rulesInOrder,
      rulesLike: indexRules(rulesInOrder),
      links: indexLinks(sorted(links)),
      listenersOf: indexListeners(sorted(listeners)),
      counters: indexSpans(readings),
      capturedUntil(node) {
        const said = `capture ${node}`;
        const at = lastHeard.get(said);
        const until = at === undefined ? Number.NEGATIVE_INFINITY : parseMicros(align({ node, at }).at);
        const lostPackets = limited.has(said) ? Number.POSITIVE_INFINITY : (lost.get(said) ?? 0);
        return { until, lost: lostPackets, keptFor: begun.has(said) ? keptFor : Number.POSITIVE_INFINITY };
      },
      packets: inOrder,
      counted: (scope) => counted.has(scope),
      resets: tallyResets(
        inOrder,
        readings.filter(({ source }) => source === 'snmp'),
      ),
      entranceOf: findEntrances(inOrder),
      packetsOf: (endpoint) => byEndpoint.get(endpoint) ?? [],
      peersOf: findPeers(byEndpoint),
      aliasesOf: findAliases(inOrder, byEndpoint),
      ran: (source, node) => sources.has(node === null ? source : `${source} ${node}`),
      blind: (source, spot, node) => blind.has(`${source} ${spot}${node === null ? '' : ` ${node}`}`),
      lastHeard: (source, node) => parseMicros(lastHeard.get(`${source} ${node}`) ?? ''),
      firstHeard: (source, node) => parseMicros(firstHeard.get(`${source} ${node}`) ?? ''),
      lastRoundSince: (source, node) => parseMicros(lastRound.get(`${source} ${node}`) ?? ''),
      missesSince: (source, node) => missesSince.get(`${source} ${node}`) ?? Infinity,
      missed(source, node, from, to) {
        const said = `${source} ${node}`;
        const time = (at: string) => parseMicros(align({ node, at }).at);
        const [first, end] = [begun.get(said), stopped.get(said)];
        return (
          (first !== undefined && time(first) > from) ||
          // What says something later was begun anew.
          (end !== undefined && time(end) < to && lastHeard.get(said) === end)
        );
      },
      originOf: findOrigins(inOrder),
      icmp: indexErrors(
        sorted(errors),
        new Set([...takesErrors].filter((node) => !blind.has(`capture icmp-errors ${node}`))),
      ),
      nodes,
      nodeOf(address) {
        const [only = null, another] = homes.get(address) ?? [];
        return another === undefined ? only : null;
      },
      hostOf(address) {
        const [only = null, another] = hosts.get(address) ?? [];
        return another === undefined ? only : null;
      },
      clockError: Math.max(0, ...[...offsets.values()].map(({ error }) => error)),
    };
  }

  return { add, timeline };
}

/** A capture looks at its packets in batches, a second of them at most, and may be as much behind on a busy machine. */
const toldWithin: Micros = 2_500_000;

/** What an observer of ours keeps of a flow after its last trouble: a RST, or what was sent again; a file of others has all. */
const keptFor: Micros = 2_000_000;

/** Sorts by time stamp. Stamps have one format and one zone, so their text sorts as their time does. */
function byTime<T extends { readonly at: string }>(events: readonly T[]): T[] {
  return events.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
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
