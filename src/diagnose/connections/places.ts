// Where the ends of a connection are, by where their packets were first seen.
import { formatEndpoint, type Endpoint } from '../../model/endpoint.ts';
import type { PacketEvent, Tuple } from '../../model/node-event.ts';
import { wireIdentity } from './clock-offsets.ts';
import type { Entry } from './entry-index.ts';
import type { ProbeTimeline } from './lost-by-probes.ts';
import type { NodeTimeline } from './node-timeline.ts';
import { initialTtls, type Entrance } from './packet-index.ts';

/** The interface by which an end's own packets come into its node: they have all their hops still before them there. */
export function findEntrance(
  packets: readonly PacketEvent[],
  isOwn: (tuple: Tuple) => boolean,
): Entrance | null {
  const fresh = packets.find(
    ({ flags, direction, tuple, ttl }) =>
      direction === 'in' && isOwn(tuple) && !flags.includes('R') && initialTtls.has(ttl),
  );
  return fresh === undefined ? null : { node: fresh.node, name: fresh.interface };
}

/** The node on which the packets to the client are born: their first sighting goes out, with all their hops before them. */
export function findBirthplace(
  packets: readonly PacketEvent[],
  goesToClient: (packet: PacketEvent) => boolean,
): string | null {
  const firsts = new Map<string, PacketEvent>();
  for (const packet of packets) {
    const { flags, payloadLength } = packet;
    if (flags.includes('R') || !goesToClient(packet) || (payloadLength === 0 && !/[SF]/.test(flags)))
      continue;
    const identity = wireIdentity(packet);
    if (!firsts.has(identity)) firsts.set(identity, packet);
  }
  const born = [...firsts.values()];
  const [sample] = born;
  const isBirth = ({ direction, ttl, node }: PacketEvent) =>
    direction === 'out' && initialTtls.has(ttl) && node === sample?.node;
  return sample !== undefined && born.every(isBirth) ? sample.node : null;
}

export function serverOf(first: Entry | null, target: Endpoint, probes: ProbeTimeline): Endpoint | null {
  if (first !== null) return { address: first.reply.src, port: first.reply.sport };
  if (probes.serverAddresses.has(target.address)) return target;
  const [only, another] = probes.serverAddresses;
  return only !== undefined && another === undefined ? { address: only, port: target.port } : null;
}

/** Where nothing names the server: the end that answers on the wire, its own address where it has another one than was dialled. */
export function serverOnTheWire(
  target: Endpoint,
  clientEnds: readonly string[],
  nodes: NodeTimeline,
): Endpoint | null {
  const peers = clientEnds.flatMap((end) => nodes.peersOf(end));
  const others = new Map(peers.map((peer) => [formatEndpoint(peer), peer]));
  if (others.size === 1) return [...others.values()][0] ?? null;
  others.delete(formatEndpoint(target));
  return others.size === 1 ? ([...others.values()][0] ?? null) : null;
}
