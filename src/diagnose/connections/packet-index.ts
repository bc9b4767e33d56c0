// Indexes over everything that was captured, made once: what is asked of them is asked for each lost connection.
import { formatEndpoint, type Endpoint } from '../../model/endpoint.ts';
import { loopback } from '../../model/loopback.ts';
import type { PacketEvent, Tuple } from '../../model/node-event.ts';
import { wireIdentity } from './clock-offsets.ts';
import { localEnd, otherEnd } from './ends-of-tuple.ts';

/** An interface of a node. */
export interface Entrance {
  readonly node: string;
  readonly name: string;
}

/**
 * Whether the node itself sent what was first seen so. What goes round by its loopback is captured where it comes in (libpcap passes
 * over its going out), and nothing comes in there from elsewhere.
 */
export const isBorn = ({ direction, interface: name }: PacketEvent): boolean =>
  direction === 'out' || (direction === 'in' && name === loopback);

/** Whether it came into the node from elsewhere: from a pod or by the uplink. */
export const hasComeIn = ({ direction, interface: name }: PacketEvent): boolean =>
  direction === 'in' && name !== loopback;

/** Whether it came in with all its hops still before it: out of a pod, or from a neighbour of the node. */
export const hasComeInFresh = (packet: PacketEvent): boolean =>
  hasComeIn(packet) && initialTtls.has(packet.ttl);

export const isSamePlace = (a: PacketEvent, b: PacketEvent): boolean =>
  a.node === b.node && a.interface === b.interface;

/** Whether a RST has the form that only a socket gives one: an answer without any, or a rule's, has neither window nor timestamps. */
export const isOfLiveSocket = ({ flags, window, hasTimestampOption }: PacketEvent): boolean =>
  flags.includes('.') && (hasTimestampOption === true || window > 0);

/** The first sighting of each packet on each node tells whether it came in or is born there; on all later ones it has that origin, too. */
export function findOrigins(
  packets: readonly PacketEvent[],
): (node: string, endpoint: string) => 'here' | 'elsewhere' | null {
  const firsts = new Map<string, Origin>();
  const origins = new Map<string, Set<Origin>>();
  for (const packet of packets) {
    if (packet.flags.includes('R') || !isTelling(packet)) continue;
    const identity = `${packet.node} ${wireIdentity(packet)}`;
    const first = firsts.get(identity) ?? originOf(packet);
    firsts.set(identity, first);
    const { src, sport } = packet.tuple;
    const place = `${packet.node} ${formatEndpoint({ address: src, port: sport })}`;
    origins.set(place, (origins.get(place) ?? new Set()).add(first));
  }
  return (node, endpoint) => {
    const [only, another] = origins.get(`${node} ${endpoint}`) ?? [];
    return another !== undefined || only === undefined || only === 'unknown' ? null : only;
  };
}

type Origin = 'here' | 'elsewhere' | 'unknown';

const originOf = (packet: PacketEvent): Origin =>
  isBorn(packet) ? 'here' : packet.direction === 'in' ? 'elsewhere' : 'unknown';

/** A sender's own way into its node: what comes in there has all its hops still before it. */
export function findEntrances(packets: readonly PacketEvent[]): (address: string) => Entrance | null {
  const entrances = new Map<string, Map<string, Entrance>>();
  for (const packet of packets) {
    const { flags, tuple, node, interface: name } = packet;
    if (flags.includes('R') || !hasComeInFresh(packet)) continue;
    const own = entrances.get(tuple.src) ?? new Map<string, Entrance>();
    entrances.set(tuple.src, own.set(`${node} ${name}`, { node, name }));
  }
  return (address) => {
    const [only, another] = entrances.get(address)?.values() ?? [];
    return another === undefined ? (only ?? null) : null;
  };
}

// What operating systems begin with; a packet that has one of these has passed no router yet.
export const initialTtls: ReadonlySet<number> = new Set([64, 128, 255]);

/** Ports are rewritten on the way, sequence numbers are not: a packet is recognised on each of its legs. */
export function findAliases(
  packets: readonly PacketEvent[],
  byEndpoint: ReadonlyMap<string, readonly PacketEvent[]>,
): (endpoint: string) => readonly string[] {
  const flowsOf = groupLegs(packets);
  const known = new Map<string, readonly string[]>();
  const find = (endpoint: string): readonly string[] => {
    const sameAddress = endpoint.slice(0, endpoint.lastIndexOf(':') + 1);
    const aliases = new Set<string>();
    // By which end of them it is: who dials his own Service has his own address at the other end, too.
    const identities = new Map(
      (byEndpoint.get(endpoint) ?? [])
        .filter(isTelling)
        .map((packet) => [wireIdentity(packet), localEnd(packet.tuple) === endpoint]),
    );
    for (const [identity, isSender] of identities)
      for (const tuple of flowsOf.get(identity) ?? []) {
        const other = isSender ? localEnd(tuple) : otherEnd(tuple);
        if (other !== endpoint && other.startsWith(sameAddress)) aliases.add(other);
      }
    return aliases.size === 0 ? none : [...aliases];
  };
  return (endpoint) => {
    const aliases = known.get(endpoint) ?? find(endpoint);
    known.set(endpoint, aliases);
    return aliases;
  };
}

const none: readonly string[] = [];

/** The numbers that were seen under several addresses, and under which; most packets keep theirs. */
function groupLegs(packets: readonly PacketEvent[]): Map<string, Tuple[]> {
  const firsts = new Map<string, Tuple>();
  const several = new Map<string, Tuple[]>();
  for (const packet of packets) {
    if (!isTelling(packet)) continue;
    const identity = wireIdentity(packet);
    const { tuple } = packet;
    const first = firsts.get(identity);
    if (first === undefined) firsts.set(identity, tuple);
    else if (!isSameTuple(first, tuple)) {
      const all = several.get(identity) ?? [first];
      several.set(identity, all);
      // What so many share is nobody's own: each of a scan's SYNs may have one number.
      if (all.length < mostLegs && !all.some((one) => isSameTuple(one, tuple))) all.push(tuple);
    }
  }
  return several;
}

const mostLegs = 32;

const isSameTuple = (a: Tuple, b: Tuple): boolean =>
  a === b || (a.src === b.src && a.sport === b.sport && a.dst === b.dst && a.dport === b.dport);

/** Beyond these, which of them it was can be told no more. */
const mostPeers = 3;

/** With whom an end spoke. */
export function findPeers(
  byEndpoint: ReadonlyMap<string, readonly PacketEvent[]>,
): (endpoint: string) => readonly Endpoint[] {
  const known = new Map<string, readonly Endpoint[]>();
  const find = (endpoint: string): Endpoint[] => {
    const peers = new Map<string, Endpoint>();
    for (const { tuple } of byEndpoint.get(endpoint) ?? []) {
      const [src, dst] = [
        { address: tuple.src, port: tuple.sport },
        { address: tuple.dst, port: tuple.dport },
      ];
      const peer = formatEndpoint(src) === endpoint ? dst : src;
      peers.set(formatEndpoint(peer), peer);
      if (peers.size === mostPeers) break;
    }
    return [...peers.values()];
  };
  return (endpoint) => {
    const peers = known.get(endpoint) ?? find(endpoint);
    known.set(endpoint, peers);
    return peers;
  };
}

/** Whether no other packet is likely to have the same numbers: a bare acknowledgement may be repeated. */
const isTelling = ({ flags, payloadLength }: PacketEvent) => payloadLength > 0 || /[SFR]/.test(flags);
