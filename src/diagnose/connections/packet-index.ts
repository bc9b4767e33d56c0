// Indexes over everything that was captured, made once: what is asked of them is asked for each lost connection.
import { formatEndpoint } from '../../model/endpoint.ts';
import type { PacketEvent } from '../../model/node-event.ts';
import { wireIdentity } from './clock-offsets.ts';

/** An interface of a node. */
export interface Entrance {
  readonly node: string;
  readonly name: string;
}

/** The first sighting of each packet on each node tells whether it came in or is born there; on all later ones it has that origin, too. */
export function findOrigins(
  packets: readonly PacketEvent[],
): (node: string, endpoint: string) => 'here' | 'elsewhere' | null {
  const firsts = new Map<string, PacketEvent['direction']>();
  const origins = new Map<string, Set<PacketEvent['direction']>>();
  for (const packet of packets) {
    if (packet.flags.includes('R') || !isTelling(packet)) continue;
    const identity = `${packet.node} ${wireIdentity(packet)}`;
    const first = firsts.get(identity) ?? packet.direction;
    firsts.set(identity, first);
    const { src, sport } = packet.tuple;
    const place = `${packet.node} ${formatEndpoint({ address: src, port: sport })}`;
    origins.set(place, (origins.get(place) ?? new Set()).add(first));
  }
  return (node, endpoint) => {
    const [only, another] = origins.get(`${node} ${endpoint}`) ?? [];
    if (another !== undefined || only === undefined || only === 'unknown') return null;
    return only === 'out' ? 'here' : 'elsewhere';
  };
}

/** A sender's own way into its node: what comes in there has all its hops still before it. */
export function findEntrances(packets: readonly PacketEvent[]): (address: string) => Entrance | null {
  const entrances = new Map<string, Map<string, Entrance>>();
  for (const { flags, direction, ttl, tuple, node, interface: name } of packets) {
    if (flags.includes('R') || direction !== 'in' || !initialTtls.has(ttl)) continue;
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
