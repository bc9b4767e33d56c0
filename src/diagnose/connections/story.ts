// Everything that the evidence says about one lost connection, put together once; the facts only look at this.
import { parseMicros, type Micros } from '../../model/clock.ts';
import { formatEndpoint, parseEndpoint, type Endpoint } from '../../model/endpoint.ts';
import { type CountersEvent, type PacketEvent, type RuleChange } from '../../model/node-event.ts';
import { findAccepted, findEnded } from './accepted-by.ts';
import type { AgentChange } from './agent-index.ts';
import type { LinkChange, ListenerEvent } from './change-index.ts';
import { afterFirst, legEndpoints } from './leg-endpoints.ts';
import { errorsAbout, type ErrorsAbout } from './icmp-index.ts';
import { wasThere, type Entry } from './entry-index.ts';
import { loopDelayMs, type LostConnection } from './lost-connection.ts';
import type { AcceptedEvent, EndedEvent, ProbeTimeline } from './lost-by-probes.ts';
import type { NodeTimeline } from './node-timeline.ts';
import type { Counting } from './idle-bounds-seen.ts';
import type { CloseTimes, IdleBound, IdleTimes } from './idle-times.ts';
import { hasComeIn, initialTtls, type Entrance } from './packet-index.ts';
import { findClientEntrance, findServerEntrance, servingPlace } from './own-entrances.ts';
import { isBefore, openingsAt } from './another-opening.ts';
import { keptBefore, mergePackets, withOpening } from './packets-of-legs.ts';
import { findHost, serverAtKernels, serverOf, serverOnTheWire } from './places.ts';
import { findRerouted, type Rerouted } from './rerouted.ts';
import { inCausalOrder } from './reset-order.ts';
import { between } from './time-range.ts';
import { listenToKernels, type ToldByKernels } from './told-by-kernels.ts';
import { whoWatched, type Watched } from './watched.ts';

export interface Story extends Watched {
  readonly lost: LostConnection;
  /** The entry of the client's own packets, client → target, that last carried them; null when no node reported one. */
  readonly first: Entry | null;
  /** Every entry of those packets while the connection lived: a new one means that the old one was lost. */
  readonly firsts: readonly Entry[];
  /** Entries that the same packets made after translation, client → server's pod: the second crossing of a node. */
  readonly second: readonly Entry[];
  /** The server's own end: where the target leads. Null when nothing tells. */
  readonly server: Endpoint | null;
  /** Another endpoint had served it before: its packets went to `server` only at the end. Null where nothing tells of that. */
  readonly rerouted: Rerouted | null;
  /** The node that the server's pod is on, if the evidence tells. */
  readonly serverNode: string | null;
  /** Nodes whose entries or packets show that they carried the connection. */
  readonly carriers: ReadonlySet<string>;
  /** Whom the server accepted when this connection was made, with the port that the server saw; and how that ended. */
  readonly accepted: AcceptedEvent | null;
  readonly ended: EndedEvent | null;
  /** Rules added or deleted since the last good moment, on the nodes that carried the connection. */
  readonly ruleChanges: readonly RuleChange[];
  /** Every change of those same rules over the whole run, to tell a fight from a single change. */
  readonly ruleHistory: readonly RuleChange[];
  /** Links and routes that came or went since the connection was made and that name the server's address or interface. */
  readonly endpointChanges: readonly LinkChange[];
  readonly listenerChanges: readonly ListenerEvent[];
  /** Programs that write rules and routes and that came or went just then, on the nodes that carried it. */
  readonly agentChanges: readonly AgentChange[];
  /** Counters that moved between the last good moment and shortly after the failure. */
  readonly counters: readonly CountersEvent[];
  /** Packets of the connection on every leg since shortly before the last good moment, in order of time. */
  readonly packets: readonly PacketEvent[];
  /** Those with the RST flag, as far as they can have caused the failure. */
  readonly resets: readonly PacketEvent[];
  /** Which RST was the first: not where two nodes saw one each, in opposite directions, and their clocks do not tell. */
  readonly resetOrderIsClear: boolean;
  /** The first RST came from beyond the nodes that were watched, or what was said in vain may have gone there. */
  readonly someNodeIsUnwatched: boolean;
  readonly errors: ErrorsAbout;
  /** What the kernels of both ends told of it. */
  readonly kernel: ToldByKernels;
  /** Of the connections of its kind; null where only packets tell of it. */
  readonly idleTimes: IdleTimes | null;
  /** How long connections of its kind had been idle when their server closed them; null likewise. */
  readonly closeTimes: CloseTimes | null;
  /** What silence before parts the lost ones of its kind from those that live; null where nothing tells. */
  readonly idleBound: IdleBound | null;
  /** How many connections of any kind the probes lost from `from` to `to`. */
  readonly lossesWithin: (from: Micros, to: Micros) => number;
  /** Where packets of the server's pod enter its node: they have all their hops still before them there. */
  readonly serverInterface: Entrance | null;
  /** Where the client's packets enter theirs, likewise. */
  readonly clientInterface: Entrance | null;
  /** The server is no pod but a socket of its node; and its namespace, as listeners and counters name it: the node, or its address. */
  readonly serverIsNodeItself: boolean;
  readonly serverScope: string | null;
  /** Whether a packet of the connection goes towards the client. */
  readonly goesToClient: (packet: Pick<PacketEvent, 'tuple'>) => boolean;
  /** Some server told of its connections, be it of this one or not. */
  readonly hasServerEvents: boolean;
  /** All that the nodes saw, for what is asked of a place and not of this connection. */
  readonly nodes: NodeTimeline;
  /** How far the order of two stamps of different tools can be trusted here, microseconds. */
  readonly slack: Micros;
}

// `ip monitor` and `conntrack -E` stamp when they print, and the client when it runs: an order is only claimed beyond this.
// Measured on idle machines: 0.2 ms for the tools; on one loaded threefold `ip monitor` was seen to stamp more than 10 ms late.
const orderSlackMs = 60;

/** Puts together what is known about one lost connection. */
export function tell(lost: LostConnection, probes: ProbeTimeline, nodes: NodeTimeline): Story {
  const { client, target, bornAt, lastGoodAt, failedAt } = lost;
  const slack = (orderSlackMs + Math.min(loopDelayMs(lost), 1_000)) * 1_000 + Math.min(nodes.clockError, 1e6);
  const alive = (entry: Entry) => entry.madeAt <= failedAt + slack && entry.destroyedAt >= bornAt - slack;
  const firsts =
    client === null
      ? []
      : nodes.entries.find(client.address, client.port, target.address, target.port).filter(alive);
  const first = firsts.findLast((entry) => wasThere(entry, lastGoodAt, slack)) ?? firsts.at(-1) ?? null;
  const ofOwn = client === null ? [] : [formatEndpoint(client), ...lost.legs];
  const served =
    serverOf(first, target, probes) ??
    serverOnTheWire(target, ofOwn, nodes) ??
    serverAtKernels(target, ofOwn, nodes);
  const second =
    client === null || served === null || served.address === target.address
      ? []
      : afterFirst(client, firsts).flatMap(({ address, port }) =>
          nodes.entries.find(address, port, served.address, served.port).filter(alive),
        );
  const legs = client === null ? [] : legEndpoints(lost, client, firsts, second, nodes);
  const since = lastGoodAt - keptBefore;
  const until = failedAt + Math.max(slack, 50_000);
  // Each list is cut before they are put together: a port that serves for days has many others' packets.
  const packets = mergePackets(legs.map((leg) => between(nodes.packetsOf(leg), since, until)));

  const ends = new Set(legs);
  const goesToClient = ({ tuple }: Pick<PacketEvent, 'tuple'>) =>
    ends.has(formatEndpoint({ address: tuple.dst, port: tuple.dport }));
  const ownOpenings = openingsAt(bornAt, packets, slack);
  const { resets, isClear: resetOrderIsClear } = inCausalOrder(
    packets.filter(
      (packet) =>
        packet.flags.includes('R') &&
        parseMicros(packet.at) > lastGoodAt - slack &&
        !isBefore(packet, ownOpenings) &&
        // With this a client that has given up answers what comes too late.
        !(lost.failure === 'timeout' && !goesToClient(packet) && parseMicros(packet.at) >= failedAt),
    ),
    goesToClient,
    slack,
  );
  const rerouted = findRerouted({
    ...{ lost, server: served, firsts, resets, goesToClient, slack },
    packets: resets.length === 0 ? packets : withOpening(packets, legs, lost, nodes),
  });
  // What ended it was the other end's doing: whatever is asked of the server is asked of that one.
  const server = rerouted?.to ?? served;
  const carriers = new Set([
    ...[...firsts, ...second].map((entry) => entry.node),
    ...packets.map((packet) => packet.node),
    ...legs.flatMap((leg) => between(nodes.kernel.of(leg), since, until).map(({ node }) => node)),
  ]);
  const ruleChanges = between(nodes.rules, lastGoodAt - slack, failedAt + slack).filter((rule) =>
    carriers.has(rule.node),
  );
  const bornOn = findHost(server, target, packets, goesToClient, nodes);
  const serverInterface =
    server === null || bornOn !== null ? null : findServerEntrance(server, packets, nodes);
  const clientInterface = client === null ? null : findClientEntrance(client.address, ends, packets, nodes);
  const accepted = findAccepted(lost, legs, probes, slack);
  const podNode =
    server === null ? null : (nodes.nodeOf(server.address) ?? nodes.kernel.homeOf(server.address));
  const serverIsNodeItself = serverInterface === null && bornOn !== null && (podNode ?? bornOn) === bornOn;
  const serverNode = serverIsNodeItself ? bornOn : (serverInterface?.node ?? podNode);
  const serverScope = serverIsNodeItself ? serverNode : (server?.address ?? null);
  const [firstReset] = resets;
  const isFromAfar = (packet: PacketEvent) => hasComeIn(packet) && !initialTtls.has(packet.ttl);
  // Its packets had passed routers, and no node that was watched has it.
  const serverIsElsewhere =
    serverNode === null && packets.some((packet) => goesToClient(packet) && isFromAfar(packet));
  const clientNode = clientInterface?.node ?? (client === null ? null : nodes.nodeOf(client.address));
  const kernel = listenToKernels({
    ...{ lost, ends, server, serverNode, resets, resetOrderIsClear, goesToClient, slack, nodes },
  });
  // The client was reset, so a RST was there: a capture that has none of this connection was late or lost it, and says nothing.
  const wasReset =
    lost.report?.errno === 'ECONNRESET' ||
    kernel.received('client') !== undefined ||
    (lost.failure === 'reset' && kernel.first !== null);
  const captureMissedIt = wasReset && resets.length === 0;
  const watched = whoWatched({
    ...{ lost, carriers, serverNode, serverIsNodeItself, serverIsElsewhere, captureMissedIt, nodes, slack },
  });
  return {
    lost,
    first,
    firsts,
    second,
    server,
    rerouted,
    serverNode,
    carriers,
    kernel,
    accepted,
    ended: findEnded(accepted, probes),
    ruleChanges,
    ruleHistory: nodes.rulesLike(ruleChanges),
    endpointChanges:
      server === null
        ? []
        : nodes.links.naming(
            ...servingPlace(rerouted, server, serverInterface, packets, nodes),
            ...([servedSince(lost), failedAt + slack] as const),
          ),
    listenerChanges:
      server === null || serverScope === null
        ? []
        : between(nodes.listenersOf(serverScope, server.port), listenedSince(lost) - slack, failedAt + 1e6),
    agentChanges: nodes.agents.around(lastGoodAt - slack, failedAt + slack, carriers),
    counters: nodes.counters.within(lastGoodAt, failedAt + slack),
    packets,
    resets,
    resetOrderIsClear,
    someNodeIsUnwatched:
      lost.failure === 'timeout'
        ? serverNode === null
        : firstReset !== undefined &&
          isFromAfar(firstReset) &&
          (goesToClient(firstReset) ? serverNode : clientNode) === null,
    errors: errorsAbout(
      ends,
      new Set([target, ...(server === null ? [] : [server])].map(formatEndpoint)),
      { lastGoodAt, failedAt, slack },
      nodes.icmp,
      carriers,
    ),
    idleTimes: probes.idleTimesOf(lost.origin),
    closeTimes: probes.closeTimesOf(lost.origin),
    idleBound:
      lost.report !== null
        ? probes.idleBoundOf(lost.origin)
        : client === null
          ? null
          : idleBoundSeen(client.address, target, served, legs, nodes, watched),
    lossesWithin: (from, to) =>
      probes.lost.filter((other) => other.failedAt >= from && other.failedAt <= to).length,
    serverInterface,
    clientInterface,
    serverIsNodeItself,
    serverScope,
    goesToClient,
    ...watched,
    hasServerEvents: probes.hasServerEvents,
    nodes,
    slack,
  };
}

/** On the leg that the client has, or on a later one. */
function idleBoundSeen(
  client: string,
  target: Endpoint,
  served: Endpoint | null,
  legs: readonly string[],
  { idleBoundBetween }: NodeTimeline,
  { lostSome }: Watched,
): IdleBound | null {
  const lostNothing = (witness: Counting) => !lostSome(witness);
  const dialled = idleBoundBetween(client, target, lostNothing);
  if (dialled !== null || served === null) return dialled;
  const sources = new Set([client, ...legs.flatMap((leg) => parseEndpoint(leg)?.address ?? [])]);
  for (const source of sources) {
    const found = idleBoundBetween(source, served, lostNothing);
    if (found !== null) return found;
  }
  return null;
}

/** What became of the server's pod shortly before an attempt to reach it is told, too. */
const servedSince = ({ phase, bornAt, failedAt }: LostConnection): Micros =>
  phase === 'connecting' ? Math.min(bornAt, failedAt - 10e6) : bornAt;

/** An attempt to connect has no last good moment: what became of the listener shortly before is told. */
const listenedSince = ({ phase, lastGoodAt, failedAt }: LostConnection): Micros =>
  phase === 'connecting' ? Math.min(lastGoodAt, failedAt - 10e6) : lastGoodAt;

/** The port of an ADDRESS:PORT. */
export const portOf = (endpoint: string): number => parseEndpoint(endpoint)?.port ?? Number.NaN;
