// Where the ends of a connection are, by where their packets were first seen.
import { formatEndpoint, type Endpoint } from '../../model/endpoint.ts';
import type { PacketEvent, Tuple } from '../../model/node-event.ts';
import { wireIdentity } from './clock-offsets.ts';
import type { Entry } from './entry-index.ts';
import type { ProbeTimeline } from './lost-by-probes.ts';
import type { NodeTimeline } from './node-timeline.ts';
import { hasComeInFresh, initialTtls, isBorn, type Entrance } from './packet-index.ts';

/** The interface by which an end's own packets come into its node: they have all their hops still before them there. */
export function findEntrance(
  packets: readonly PacketEvent[],
  isOwn: (tuple: Tuple) => boolean,
): Entrance | null {
  const fresh = packets.find(
    (packet) => hasComeInFresh(packet) && isOwn(packet.tuple) && !packet.flags.includes('R'),
  );
  return fresh === undefined ? null : { node: fresh.node, name: fresh.interface };
}

/** The node that the server is a socket of, no pod's: by where its packets are born, or by whose address it has. Null for a pod's. */
export function findHost(
  server: Endpoint | null,
  target: Endpoint,
  packets: readonly PacketEvent[],
  goesToClient: (packet: PacketEvent) => boolean,
  nodes: NodeTimeline,
): string | null {
  // What was dialled may be a Service's address, which with ipvs each node has for its own.
  const owner = server === null || server.address === target.address ? null : nodes.hostOf(server.address);
  const atOwner = packets.filter(({ node }) => node === owner);
  if (owner !== null && findBirthplace(atOwner, goesToClient) !== null) return owner;
  const seen = findBirthplace(packets, goesToClient);
  return seen === undefined ? birthplaceByOthers(server, nodes) : seen;
}

/**
 * The node on which the packets to the client are born: their first sighting goes out, with all their hops before them. Null where
 * they are not, undefined where none was seen.
 */
function findBirthplace(
  packets: readonly PacketEvent[],
  goesToClient: (packet: PacketEvent) => boolean,
): string | null | undefined {
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
  if (sample === undefined) return undefined;
  const isBirth = (packet: PacketEvent) =>
    isBorn(packet) && initialTtls.has(packet.ttl) && packet.node === sample.node;
  return born.every(isBirth) ? sample.node : null;
}

/** Where this connection shows none of the server's packets: the node that others show it to be on, and no pod of it. */
function birthplaceByOthers(server: Endpoint | null, nodes: NodeTimeline): string | null {
  if (server === null || nodes.nodeOf(server.address) !== null) return null;
  const homes = [...nodes.nodes].filter((node) => nodes.originOf(node, formatEndpoint(server)) === 'here');
  const [only = null, another] = homes;
  return another === undefined ? only : null;
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
  if (others.size === 1) return [...others.values()][0] ?? null;
  return whoAnswered([...others.values()], nodes, clientEnds);
}

/** Of several ends on the wire, the one that did more than to refuse; null where that is no single one. */
function whoAnswered(
  others: readonly Endpoint[],
  nodes: NodeTimeline,
  clientEnds: readonly string[],
): Endpoint | null {
  const answering = others.filter((other) =>
    clientEnds.some((end) => answeredAt(end, nodes).has(formatEndpoint(other))),
  );
  const [only = null, another] = answering;
  return another === undefined ? only : null;
}

/** Thousands of connections may have been of one port, and each is asked about. */
const answered = new WeakMap<NodeTimeline, Map<string, ReadonlySet<string>>>();

/** Who sent more than RSTs to that end. */
function answeredAt(end: string, nodes: NodeTimeline): ReadonlySet<string> {
  const known = answered.get(nodes) ?? new Map<string, ReadonlySet<string>>();
  answered.set(nodes, known);
  const own =
    known.get(end) ??
    new Set(
      nodes
        .packetsOf(end)
        .filter(({ flags }) => !flags.includes('R'))
        .map(({ tuple: { src, sport } }) => formatEndpoint({ address: src, port: sport })),
    );
  known.set(end, own);
  return own;
}

/** Where neither entries nor packets name the server: the one end whose kernel told of a socket that is connected to the client. */
export function serverAtKernels(
  target: Endpoint,
  clientEnds: readonly string[],
  nodes: NodeTimeline,
): Endpoint | null {
  const found = new Map<string, Endpoint>();
  for (const end of clientEnds) {
    for (const { tuple, tracepoint, socket } of nodes.kernel.of(end)) {
      const isPeers = formatEndpoint({ address: tuple.dst, port: tuple.dport }) === end;
      if (!isPeers || (tracepoint === 'send-reset' && socket === null)) continue;
      const server = { address: tuple.src, port: tuple.sport };
      found.set(formatEndpoint(server), server);
    }
  }
  if (found.size === 1) return [...found.values()][0] ?? null;
  // A pod's own address is nobody else's; one of the node's own may be a Service's.
  const home = nodes.nodeOf(target.address) ?? nodes.kernel.homeOf(target.address);
  return home === null || nodes.hostOf(target.address) !== null ? null : target;
}
