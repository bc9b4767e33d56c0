// What the nodes saw, sorted by kind and indexed by address, so that each lost connection finds its own quickly.
import type { Micros } from '../../model/clock.ts';
import type { KernelEvent } from '../../model/kernel-event.ts';
import type {
  ConntrackEvent,
  CountersEvent,
  IcmpErrorEvent,
  IpvsEntryEvent,
  NodeEvent,
  PacketEvent,
  RuleChange,
  SilenceEvent,
  Tuple,
} from '../../model/node-event.ts';
import { formatEndpoint, type Endpoint } from '../../model/endpoint.ts';
import { indexAgents, type AgentChange, type AgentIndex } from './agent-index.ts';
import {
  indexLinks,
  indexListeners,
  indexRules,
  type LinkChange,
  type LinkIndex,
  type ListenerEvent,
} from './change-index.ts';
import { aligner, clockOffsets } from './clock-offsets.ts';
import { createClientsNames } from './clients-names.ts';
import { localEnd, otherEnd } from './ends-of-tuple.ts';
import { indexEntries, type EntryIndex } from './entry-index.ts';
import { indexSilences, type IdleBoundBetween } from './idle-bounds-seen.ts';
import { indexErrors, type IcmpIndex } from './icmp-index.ts';
import { indexKernel, type KernelIndex, type SocketEvent } from './kernel-index.ts';
import { findAliases, findEntrances, findOrigins, findPeers, type Entrance } from './packet-index.ts';
import { remember } from './remember.ts';
import { tallyResets, type ResetTallies } from './reset-tally.ts';
import { byStamp } from './time-range.ts';
import { indexSpans, type SpanIndex } from '../../stats/span-index.ts';
import { createWitnessHours, type WitnessHours } from './witness-hours.ts';

type OfSomeFlow = PacketEvent | KernelEvent | SocketEvent | IcmpErrorEvent;

type NeighbourEvent = Extract<NodeEvent, { event: 'neighbour' }>;

export interface NodeTimeline extends WitnessHours {
  readonly entries: EntryIndex;
  readonly idleBoundBetween: IdleBoundBetween;
  readonly rules: readonly RuleChange[];
  /** Every change, over the whole run, of the rules that these changes are of. */
  rulesLike(changes: readonly RuleChange[]): readonly RuleChange[];
  readonly links: LinkIndex;
  readonly agents: AgentIndex;
  /** Those of a namespace and port, in order of time. */
  listenersOf(scope: string, port: number): readonly ListenerEvent[];
  readonly counters: SpanIndex<CountersEvent>;
  /** Packets with this ADDRESS:PORT at either end, in order of time. */
  packetsOf(endpoint: string): readonly PacketEvent[];
  /** The other ends of these packets, each once, of many only the first few. */
  peersOf(endpoint: string): readonly Endpoint[];
  /** Every other ADDRESS:PORT, of the same address, that the packets of this one had on other legs of their way. */
  aliasesOf(endpoint: string): readonly string[];
  /**
   * Where packets that a node sends from this ADDRESS:PORT come from: they came in before, or they are born there. Null when none
   * was seen, or both were.
   */
  readonly originOf: (node: string, endpoint: string) => 'here' | 'elsewhere' | null;
  readonly icmp: IcmpIndex;
  /** Neighbours that moved, failed or came back, in order of time. */
  readonly neighbours: readonly NeighbourEvent[];
  readonly kernel: KernelIndex;
  readonly nodes: ReadonlySet<string>;
  /** The node that has this address in one of its pods, as far as its observers named it; null when those of several did. */
  readonly nodeOf: (address: string) => string | null;
  /** The node whose own address it is, as its observers found; null when several have it, as each has a Service's with ipvs. */
  readonly hostOf: (address: string) => string | null;
  /** Whether the node has this address for its own, be it that others have it too; null where it did not tell its addresses. */
  readonly isOwnAddress: (node: string, address: string) => boolean | null;
  /** How far the stamps of two nodes may still be apart after alignment, microseconds. */
  readonly clockError: Micros;
  /** Whether counters of that namespace were read at all: it was heard of when one moved. */
  readonly counted: (scope: string) => boolean;
  /** What kernels counted of the RSTs that were seen. */
  readonly resets: ResetTallies;
  /** Where fresh packets of the address come in, be it on other connections; null when at several places, or none. */
  readonly entranceOf: (address: string) => Entrance | null;
  /** What a node's kernel killed because memory ran out, by its log and by the counts of cgroups; in order of time. */
  readonly memoryKills: readonly MemoryKill[];
  /** What IPVS forgot of a client's connections from that port while they were established, in order of time. */
  readonly ipvsForgot: (client: Endpoint) => readonly IpvsEntryEvent[];
  /** Whether the kernel's log was read on the node by somebody who tells each such kill, be it whose it may. */
  readonly readsWholeLog: (node: string) => boolean;
  /** Every packet that was kept, in order of time. */
  readonly packets: readonly PacketEvent[];
}

export type MemoryKill =
  Extract<NodeEvent, { event: 'cgroup-memory' }> | Extract<NodeEvent, { event: 'kernel-log' }>;

/** So many at least are held of each kind: what a busy node has for a minute or two. */
const mostStrangers = 20_000;

export interface NodeReader {
  /** Takes one event; of any node, in any order. */
  add(event: NodeEvent): void;
  /** A RST of a connection that nobody asks for: it is only held against what kernels counted. */
  addReset(packet: PacketEvent): void;
  timeline(): NodeTimeline;
}

/**
 * Reads the events of nodes one by one and keeps of entries and packets only those of the given clients' addresses: a node sees
 * far more traffic than ours. Null keeps all: then anybody's connections are looked for.
 */
export function createNodeReader(clients: ReadonlySet<string> | null): NodeReader {
  const conntrack: ConntrackEvent[] = [];
  const names = createClientsNames(clients);
  const { isWanted, isOurs } = names;
  /** What is of others, until it is known whether: another node's evidence, which tells whom it hides, may be read later. */
  const strangers = { entries: [] as ConntrackEvent[], others: [] as OfSomeFlow[] };
  const rules: RuleChange[] = [];
  const links: LinkChange[] = [];
  const listeners: ListenerEvent[] = [];
  const agents: AgentChange[] = [];
  const counters: CountersEvent[] = [];
  const packets = new Map<string, PacketEvent[]>();
  const otherResets: PacketEvent[] = [];
  const errors: IcmpErrorEvent[] = [];
  const neighbours: NeighbourEvent[] = [];
  const kernel: KernelEvent[] = [];
  const sockets: SocketEvent[] = [];
  const silences: SilenceEvent[] = [];
  const takesErrors = new Set<string>();
  const ipvs = new Map<string, IpvsEntryEvent[]>();
  const memoryKills: MemoryKill[] = [];
  const wholeLogs = new Set<string>();
  const said = createWitnessHours();
  const counted = new Set<string>();
  const nodes = new Set<string>();
  const homes = new Map<string, Set<string>>();
  const settle = (scope: string, node: string) => homes.set(scope, (homes.get(scope) ?? new Set()).add(node));
  const hosts = new Map<string, Set<string>>();
  const tellsOwn = new Set<string>();
  /** As kernels name the ends of a socket that they take away, and a listener's. */
  const isNameless = ({ src }: Tuple) => src === '::' || src === '0.0.0.0';

  function add(event: NodeEvent): void {
    nodes.add(event.node);
    said.note(event);
    keep(event);
  }

  function keep(event: NodeEvent): void {
    switch (event.event) {
      case 'conntrack':
        if (isWanted(event.original.src) || isWanted(event.original.dst)) {
          conntrack.push(event);
          names.learn(event.reply);
        } else if (names.answersHidden(event.reply)) conntrack.push(event);
        else hold(strangers.entries, event);
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
        counters.push(event);
        break;
      case 'packet': {
        const ends = [localEnd(event.tuple), otherEnd(event.tuple)] as const;
        const [isFromOurs, isToOurs] = [isWanted(event.tuple.src), isWanted(event.tuple.dst)];
        if (isFromOurs || names.isHidden(ends[0])) remember(packets, ends[0], event);
        if (isToOurs || names.isHidden(ends[1])) remember(packets, ends[1], event);
        if (!isOurs(event.tuple)) hold(strangers.others, event);
        break;
      }
      case 'source':
        if (event.ownAddresses !== undefined) tellsOwn.add(event.node);
        for (const address of event.ownAddresses ?? [])
          hosts.set(address, (hosts.get(address) ?? new Set()).add(event.node));
        if (event.takes?.includes('icmp-errors') === true) takesErrors.add(event.node);
        if (event.takes?.includes('oom-kills') === true) wholeLogs.add(event.node);
        break;
      case 'icmp-error':
        if (isOurs(event.tuple)) errors.push(event);
        else hold(strangers.others, event);
        break;
      case 'kernel':
        if (event.tuple === null || isNameless(event.tuple) || isOurs(event.tuple)) kernel.push(event);
        else hold(strangers.others, event);
        break;
      case 'socket':
        settle(event.scope, event.node);
        if (isNameless(event.tuple) || isOurs(event.tuple)) sockets.push(event);
        else hold(strangers.others, event);
        break;
      case 'neighbour':
        neighbours.push(event);
        break;
      case 'kernel-log':
        if (event.kind === 'oom-kill') memoryKills.push(event);
        break;
      case 'cgroup-memory':
        memoryKills.push(event);
        break;
      case 'lost-after-silence':
        silences.push(event);
        break;
      case 'ipvs-entry':
        if (isOurs(event.tuple))
          remember(ipvs, formatEndpoint({ address: event.tuple.src, port: event.tuple.sport }), event);
        break;
      case 'dataplane':
      case 'name':
        break;
      case 'agent':
        agents.push(event);
        break;
    }
  }

  /** What was held of strangers, looked at again with all the names that are known by now. */
  function lookAgain(): void {
    for (const held of [strangers.entries, strangers.others]) for (const event of held.splice(0)) keep(event);
  }

  function timeline(): NodeTimeline {
    lookAgain();
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
    const hours = said.hours(align);
    return {
      ...hours,
      entries: indexEntries(sorted(conntrack)),
      idleBoundBetween: indexSilences(sorted(silences)),
      rules: rulesInOrder,
      rulesLike: indexRules(rulesInOrder),
      links: indexLinks(sorted(links)),
      neighbours: sorted(neighbours),
      listenersOf: indexListeners(sorted(listeners)),
      agents: indexAgents(sorted(agents)),
      counters: indexSpans(readings),
      packets: inOrder,
      memoryKills: sorted(
        memoryKills.map((event) =>
          event.event === 'kernel-log' ? event : { ...event, since: align({ ...event, at: event.since }).at },
        ),
      ),
      ipvsForgot: (client) =>
        sorted(
          (ipvs.get(formatEndpoint(client)) ?? []).map((event) => ({
            ...event,
            since: align({ ...event, at: event.since }).at,
          })),
        ),
      readsWholeLog: (node) => wholeLogs.has(node),
      counted: (scope) => counted.has(scope),
      resets: tallyResets(
        otherResets.length === 0 ? inOrder : byTime([...inOrder, ...otherResets.map(align)]),
        readings.filter(({ source }) => source === 'snmp'),
      ),
      entranceOf: findEntrances(inOrder),
      packetsOf: (endpoint) => byEndpoint.get(endpoint) ?? [],
      peersOf: findPeers(byEndpoint),
      aliasesOf: findAliases(inOrder, byEndpoint),
      originOf: findOrigins(inOrder),
      kernel: indexKernel(sorted(kernel), sorted(sockets)),
      icmp: indexErrors(
        sorted(errors),
        new Set([...takesErrors].filter((node) => !hours.blind('capture', 'icmp-errors', node))),
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
      isOwnAddress(node, address) {
        if (!tellsOwn.has(node)) return null;
        return hosts.get(address)?.has(node) ?? false;
      },
      clockError: Math.max(0, ...[...offsets.values()].map(({ error }) => error)),
    };
  }

  return { add, addReset: (packet) => void otherResets.push(packet), timeline };
}

function hold<T>(held: T[], event: T): void {
  if (held.push(event) >= 2 * mostStrangers) held.splice(0, mostStrangers);
}

function byTime<T extends { readonly at: string }>(events: readonly T[]): T[] {
  return events.toSorted(byStamp);
}

/** The reference for all clocks: the node that saw most of what we know. */
function mostTalkative(packets: readonly PacketEvent[]): string {
  const counts = Map.groupBy(packets, (packet) => packet.node);
  return [...counts].sort(([, a], [, b]) => b.length - a.length)[0]?.[0] ?? '';
}
