// Where the first RST came into being: at which interface it was first seen, in which direction, and where the others of its sender
// were. A packet that comes in was sent elsewhere; one that goes out and never came in was made here, by a rule, by the node's own
// kernel or by a socket of the node itself: the sender's ordinary packets tell which.
import { parseMicros } from '../../model/clock.ts';
import { formatEndpoint } from '../../model/endpoint.ts';
import type { PacketEvent } from '../../model/node-event.ts';
import { wireIdentity } from '../connections/clock-offsets.ts';
import { hasComeIn, initialTtls, isBorn } from '../connections/packet-index.ts';
import { isCopy } from '../connections/reset-order.ts';
import type { Story } from '../connections/story.ts';
import {
  asEvidence,
  captureGap,
  conclusion,
  no,
  seenIf,
  unknown,
  yes,
  type Fact,
  type Look,
} from './fact.ts';
import { ofFirstReset } from './reset-form.ts';
import { openingBehind } from './reset-by-newcomer.ts';
import { countedMoreThanKnown } from './told-of-each.ts';

/** As `ofFirstReset`, where the capture tells directions. */
const ofDirectedReset = (look: (first: PacketEvent, story: Story) => Fact): Look =>
  ofFirstReset((first, story) =>
    first.direction === 'unknown' ? unknown('capture-direction') : ofOwnReset(look, first, story),
  );

/** What another connection's kernel sent came by that one's way, which the packets of this one do not show. */
const ofOwnReset = (
  look: (first: PacketEvent, story: Story) => Fact,
  first: PacketEvent,
  story: Story,
): Fact => (openingBehind(first, story) === undefined ? look(first, story) : unknown(null));

/** The first RST of all came out of the server's pod. */
export const resetLeftServer = ofDirectedReset((first, story) =>
  serverWatched(first, story) ? leftBy(first, isServers(first, story)) : unknown('capture-at-server'),
);

/** The first RST of all came out of the client's pod, with all its hops still before it. */
export const resetLeftClient = ofDirectedReset((first, story) => leftBy(first, isClients(first, story)));

const leftBy = (first: PacketEvent, isOwn: boolean | null): Fact =>
  isOwn === null ? unknown('packets-to-compare') : seenIf(isOwn, asEvidence(first));

/** Observers of the node found the server's address in one of its pods, where its packets come in: no machine beyond has it. */
export const serverPodKnown: Look = ({ server, serverInterface, serverIsNodeItself, nodes }) =>
  serverIsNodeItself ? no() : podKnown(server?.address, serverInterface?.node, nodes);

/** Likewise the client's. */
export const clientPodKnown: Look = ({ lost, clientInterface, nodes }) =>
  podKnown(lost.client?.address, clientInterface?.node, nodes);

function podKnown(address: string | undefined, node: string | undefined, nodes: Story['nodes']): Fact {
  const home = address === undefined ? null : nodes.nodeOf(address);
  if (home === null || node === undefined) return unknown('pods-of-node');
  return seenIf(home === node);
}

/** What sends the loser its packets is a socket of this node itself: the ordinary ones, too, go out here and never came in. */
export const senderIsOnNodeItself = ofDirectedReset((first, story) => {
  if (!isBorn(first) || cameIn(first, story)) return no();
  // What goes out in the name of a pod's address is born here by the hands of somebody else, a proxy say.
  if (story.nodes.nodeOf(first.tuple.src) !== null) return unknown(null);
  const origin = originOfOthers(first, story);
  // One that has lost a hop came by an interface that nobody captured.
  if (origin === 'unknown' || !initialTtls.has(first.ttl)) return unknown('packets-to-compare');
  if (origin === 'here' && story.lostSome('capture')) return unknown('what-was-lost');
  return seenIf(
    origin === 'here',
    asEvidence(first),
    conclusion(story, `the sender's other packets went out of ${first.node} and never came in, too`),
  );
});

/** It went out of the node and never came in, though the sender's other packets do: a rule or the node's own kernel made it. */
export const resetMadeHere = ofDirectedReset((first, story) => {
  if (!isBorn(first) || cameIn(first, story)) return no();
  const origin = originOfOthers(first, story);
  if (origin === 'here') return no();
  // Where none of the sender's packets was seen to come in, the capture may not have been where they do; nor where this one came in, if it
  // has lost a hop.
  if (origin === 'unknown' || !initialTtls.has(first.ttl)) return unknown('packets-to-compare');
  if (story.lostSome('capture')) return unknown('what-was-lost');
  return yes(asEvidence(first), conclusion(story, `no interface of ${first.node} saw this RST come in`));
});

/** Whether a RST was sent by a socket of the node itself, or by its kernel in the name of one. */
export const isNodesOwn = (first: PacketEvent, story: Story): boolean =>
  senderIsOnNodeItself(story).seen === 'yes' && story.resets[0] === first;

/** It came into a node from outside, and the end in whose name it came, which was watched, had not sent it: something in between did. */
export const resetFromOutside = ofDirectedReset((first, story) => {
  if (!hasComeIn(first)) return no();
  const toClient = story.goesToClient(first);
  if (toClient && !serverWatched(first, story)) return unknown('capture-at-server');
  if (!toClient && !clientWatched(first, story)) return unknown('capture-at-client');
  const isOwn = toClient ? isServers(first, story) : isClients(first, story);
  if (isOwn === null) return unknown('packets-to-compare');
  if (isOwn) return no();
  if (!cameFromOutside(first, story)) return unknown('packets-to-compare');
  if (mayHaveStopped(first, story, toClient)) return unknown('its-hours');
  if (story.lostSome('capture') || mayBeOwn(first, story, toClient ? 'server' : 'client'))
    return unknown('what-was-lost');
  const end = toClient
    ? `the server's pod on ${story.serverNode ?? 'its node'}`
    : `the client's pod on ${story.clientInterface?.node ?? 'its node'}`;
  return yes(asEvidence(first), conclusion(story, `${end} did not send it`));
});

/** Two captures that stop together do not at one instant: the one at that end may have, a moment before it went through there. */
function mayHaveStopped({ at }: PacketEvent, story: Story, toClient: boolean): boolean {
  const node = toClient ? serverNodeOf(story) : clientNodeOf(story);
  const then = parseMicros(at);
  return node === null || story.nodes.missed('capture', node, then - story.slack, then + story.slack);
}

/** Its kernel told of one just then, or counted one that nobody knows of: the capture may have missed it where it left the pod. */
function mayBeOwn(first: PacketEvent, story: Story, side: 'client' | 'server'): boolean {
  const at = parseMicros(first.at);
  return (
    story.kernel.sent.some((own) => own.side === side && parseMicros(own.event.at) <= at + story.slack) ||
    countedMoreThanKnown(story, side, at)
  );
}

/** A RST came in already with the Service's address, though the server's pod has its own: translated too early. */
export const resetTranslatedTooEarly: Look = (story) => {
  const gap = captureGap(story);
  if (gap !== null) return unknown(gap);
  const { target } = story.lost;
  if (story.server === null || story.server.address === target.address) return no();
  const asService = story.resets.filter(
    (packet) => story.goesToClient(packet) && packet.tuple.src === target.address,
  );
  const early = asService.find(hasComeIn);
  if (early !== undefined) return yes(asEvidence(early));
  return asService.some((packet) => packet.direction === 'unknown') ? unknown('capture-direction') : no();
};

/** The first RST went from the client's pod to the server's own address: an answer had reached the client untranslated. */
export const clientAnsweredUntranslated: Look = (story) => {
  const { kernel, server, lost } = story;
  const { first } = kernel;
  const isToPod = server !== null && server.address !== lost.target.address;
  // The client's own kernel says to whom it sent it.
  if (
    isToPod &&
    kernel.orderIsClear &&
    first?.side === 'client' &&
    (first.kind === 'no-socket' || first.kind === 'unknown-to-listener') &&
    first.event.tuple.dst === server.address
  )
    return yes(asEvidence(first.event));
  return sentToPod(story);
};

const sentToPod = ofDirectedReset((first, story) => {
  const { lost, server, someNodeIsUnwatched, goesToClient, packets } = story;
  // What is the Service's to the client has the pod's address here already.
  if (someNodeIsUnwatched && !goesToClient(first) && lost.target.address === server?.address)
    return unknown('unwatched-node');
  // Where its other packets go there, too, they were translated before they came here: by its socket, say.
  const isUsual = packets.some(
    ({ flags, tuple, node, interface: name, direction }) =>
      !flags.includes('R') &&
      node === first.node &&
      name === first.interface &&
      direction === first.direction &&
      tuple.src === first.tuple.src &&
      tuple.dst === first.tuple.dst,
  );
  // Out of the node it would be one that the node made in the client's name, unless the client is a socket of the node itself.
  const isOwn =
    isClients(first, story) !== false ||
    (first.tuple.src === lost.client?.address && isNodesOwn(first, story));
  return seenIf(
    isOwn && !isUsual && first.tuple.dst !== lost.target.address && first.tuple.dst === server?.address,
    asEvidence(first),
  );
});

const serverNodeOf = ({ serverInterface, serverNode }: Story): string | null =>
  serverInterface?.node ?? serverNode;

const clientNodeOf = ({ clientInterface, lost, nodes }: Story): string | null =>
  clientInterface?.node ?? (lost.client === null ? null : nodes.nodeOf(lost.client.address));

/** Whether somebody watched where the server's packets enter its node just then: only they can say that it sent nothing. */
function serverWatched(first: PacketEvent, story: Story): boolean {
  const node = serverNodeOf(story);
  return node !== null && captureRan(first, node, story);
}

/** Likewise the client's. */
function clientWatched(first: PacketEvent, story: Story): boolean {
  const node = clientNodeOf(story);
  return node !== null && captureRan(first, node, story);
}

function captureRan({ at }: PacketEvent, node: string, { nodes, slack }: Story) {
  const then = parseMicros(at);
  return (
    nodes.ran('capture', node) &&
    nodes.firstHeard('capture', node) <= then + slack &&
    nodes.lastHeard('capture', node) >= then - slack &&
    !nodes.missed('capture', node, then, then)
  );
}

/** Whether the server's pod sent it; null where nobody knows by which interface its packets come in. */
function isServers(packet: PacketEvent, story: Story): boolean | null {
  const { serverInterface, serverNode, server, endpointChanges, goesToClient } = story;
  // A pod that speaks to itself has one address for both ends.
  if (!hasComeIn(packet) || packet.tuple.src !== server?.address || !goesToClient(packet)) return false;
  if (packet.node !== serverNode) return false;
  if (serverInterface === null) return null;
  if (packet.interface === serverInterface.name) return true;
  // The pod that has the address now has another interface, and its packets are fresh there, too.
  return endpointChanges.length > 0 && initialTtls.has(packet.ttl);
}

/** Whether the client's own pod sent it: by the pod's interface, with the address that translation gives only on the way out. */
function isClients(packet: PacketEvent, { lost, clientInterface, goesToClient }: Story): boolean | null {
  if (!hasComeIn(packet) || packet.tuple.src !== lost.client?.address || goesToClient(packet)) return false;
  if (clientInterface === null) return null;
  return packet.node === clientInterface.node && packet.interface === clientInterface.name;
}

/** Whether it had come in before: with a hop more to go, or by another interface. What goes out may come back, with fewer. */
const cameIn = (first: PacketEvent, { resets }: Story): boolean =>
  resets.some(
    (packet) =>
      packet.node === first.node &&
      hasComeIn(packet) &&
      isCopy(packet, first) &&
      (packet.ttl > first.ttl || (packet.ttl === first.ttl && packet.interface !== first.interface)),
  );

/** Where the loser's other packets come from, by those that crossed the node of the first RST. */
function originOfOthers(first: PacketEvent, story: Story): 'here' | 'elsewhere' | 'unknown' {
  const { packets, goesToClient } = story;
  const toLoser = goesToClient(first);
  const others = packets.filter(
    (packet) => packet.node === first.node && !packet.flags.includes('R') && goesToClient(packet) === toLoser,
  );
  const telling = others.filter(({ flags, payloadLength }) => payloadLength > 0 || /[SF]/.test(flags));
  // In order of time: the first sighting of a packet is where it entered the node, or where it was born.
  const firsts = new Map<string, PacketEvent>();
  for (const packet of telling.length > 0 ? telling : others) {
    const identity = wireIdentity(packet);
    if (!firsts.has(identity)) firsts.set(identity, packet);
  }
  const seen = [...firsts.values()];
  const [comeIn, born] = [seen.some(hasComeIn), seen.some(isBorn)];
  // Both: one comes in and another is born here in its name, as by a proxy that has the server's address.
  if (comeIn && born) return 'unknown';
  if (comeIn) return 'elsewhere';
  if (born) return 'here';
  // Nothing else was sent on this connection: what others had from the same end tells.
  const { src, sport } = first.tuple;
  return story.nodes.originOf(first.node, formatEndpoint({ address: src, port: sport })) ?? 'unknown';
}

/**
 * Whether a packet came into the node by the way of other nodes' packets: with fewer hops to go than one that is fresh, or by an
 * interface that packets which had passed a router came in by as well. Fresh, on an interface that no such packet is known of, it may
 * be a pod's: the one that has the address now, say.
 */
function cameFromOutside(packet: PacketEvent, { packets }: Story): boolean {
  if (!initialTtls.has(packet.ttl)) return true;
  return packets.some(
    (other) =>
      other.node === packet.node &&
      other.interface === packet.interface &&
      other.direction === 'in' &&
      !initialTtls.has(other.ttl),
  );
}
