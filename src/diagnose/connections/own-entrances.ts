// Where the packets of a connection's two ends enter their nodes.
import { formatEndpoint, type Endpoint } from '../../model/endpoint.ts';
import type { PacketEvent, Tuple } from '../../model/node-event.ts';
import type { NodeTimeline } from './node-timeline.ts';
import type { Entrance } from './packet-index.ts';
import { findEntrance } from './places.ts';
import type { Rerouted } from './rerouted.ts';

/** As this connection's packets show it; where none does, as those of others do. */
export function findServerEntrance(server: Endpoint, packets: readonly PacketEvent[], nodes: NodeTimeline) {
  const isServers = ({ src, sport }: Tuple) => src === server.address && sport === server.port;
  return ownEntrance(server.address, findEntrance(packets, isServers), nodes);
}

export function findClientEntrance(
  address: string,
  ends: ReadonlySet<string>,
  packets: readonly PacketEvent[],
  nodes: NodeTimeline,
) {
  const isClients = ({ src, sport }: Tuple) =>
    src === address && ends.has(formatEndpoint({ address: src, port: sport }));
  return ownEntrance(address, findEntrance(packets, isClients), nodes);
}

/** Fresh packets of a pod that is known to be elsewhere come in from a neighbour, and not by an interface of its own. */
function ownEntrance(address: string, found: Entrance | null, nodes: NodeTimeline): Entrance | null {
  const entrance = found ?? nodes.entranceOf(address);
  const home = nodes.nodeOf(address);
  return home === null || home === entrance?.node ? entrance : null;
}

/** Of one that was led elsewhere it is the endpoint that had served it that may have gone; what came instead may have come just then. */
export function servingPlace(
  rerouted: Rerouted | null,
  server: Endpoint,
  entrance: Entrance | null,
  packets: readonly PacketEvent[],
  nodes: NodeTimeline,
): [address: string, at: Entrance | null] {
  if (rerouted === null) return [server.address, entrance];
  return [rerouted.from.address, findServerEntrance(rerouted.from, packets, nodes)];
}
