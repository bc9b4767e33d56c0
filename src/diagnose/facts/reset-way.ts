// Where the first RST came into being: at which interface it was first seen, in which direction, and where the others of its sender
// were. A packet that comes in was sent elsewhere; one that goes out and never came in was made here, by a rule, by the node's own
// kernel or by a socket of the node itself: the sender's ordinary packets tell which.
import { formatEndpoint } from '../../model/endpoint.ts';
import type { PacketEvent } from '../../model/node-event.ts';
import type { Story } from '../connections/story.ts';
import { wireIdentity } from '../connections/clock-offsets.ts';
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
import { initialTtls, ofFirstReset } from './reset-form.ts';

/** As `ofFirstReset`, where the capture tells directions. */
const ofDirectedReset = (look: (first: PacketEvent, story: Story) => Fact): Look =>
  ofFirstReset((first, story) =>
    first.direction === 'unknown' ? unknown('capture-direction') : look(first, story),
  );

/** The first RST of all came out of the server's pod. */
export const resetLeftServer = ofDirectedReset((first, story) =>
  serverWatched(story) ? seenIf(isServers(first, story), asEvidence(first)) : unknown('capture-at-server'),
);

/** The first RST of all came out of the client's pod, with all its hops still before it, and named the server's pod or the target. */
export const resetLeftClient = ofDirectedReset((first, story) =>
  seenIf(isClients(first, story), asEvidence(first)),
);

/** What sends the loser its packets is a socket of this node itself: the ordinary ones, too, go out here and never came in. */
export const senderIsOnNodeItself = ofDirectedReset((first, story) => {
  if (first.direction !== 'out' || cameIn(first, story)) return no();
  const origin = originOfOthers(first, story);
  if (origin === 'unknown') return unknown('packets-to-compare');
  return seenIf(
    origin === 'here',
    asEvidence(first),
    conclusion(story, `the sender's other packets went out of ${first.node} and never came in, too`),
  );
});

/** It went out of the node and never came in, though the sender's other packets do: a rule or the node's own kernel made it. */
export const resetMadeHere = ofDirectedReset((first, story) => {
  if (first.direction !== 'out' || cameIn(first, story)) return no();
  const origin = originOfOthers(first, story);
  if (origin === 'here') return no();
  if (origin === 'unknown' && !isPodOf(first, story)) return unknown('packets-to-compare');
  return yes(asEvidence(first), conclusion(story, `no interface of ${first.node} saw this RST come in`));
});

/** Whether a RST was sent by a socket of the node itself, or by its kernel in the name of one. */
export const isNodesOwn = (first: PacketEvent, story: Story): boolean =>
  senderIsOnNodeItself(story).seen === 'yes' && story.resets[0] === first;

/** It came into a node from outside, and no pod had sent it: something in between made it. */
export const resetFromOutside = ofDirectedReset((first, story) => {
  if (first.direction !== 'in') return no();
  if (!serverWatched(story)) return unknown('capture-at-server');
  if (isServers(first, story) || isClients(first, story)) return no();
  return seenIf(
    cameFromOutside(first, story),
    asEvidence(first),
    conclusion(story, `the server's pod on ${story.serverNode ?? 'its node'} did not send it`),
  );
});

/** A RST came in already with the Service's address, though the server's pod has its own: translated too early. */
export const resetTranslatedTooEarly: Look = (story) => {
  const gap = captureGap(story);
  if (gap !== null) return unknown(gap);
  const { target } = story.lost;
  if (story.server === null || story.server.address === target.address) return no();
  const asService = story.resets.filter(
    (packet) => story.goesToClient(packet) && packet.tuple.src === target.address,
  );
  const early = asService.find((packet) => packet.direction === 'in');
  if (early !== undefined) return yes(asEvidence(early));
  return asService.some((packet) => packet.direction === 'unknown') ? unknown('capture-direction') : no();
};

/** The first RST went from the client's pod to the server's own address: an answer had reached the client untranslated. */
export const clientAnsweredUntranslated = ofDirectedReset((first, story) =>
  seenIf(
    // Out of the node it would be one that the node made in the client's name.
    isClients(first, story) &&
      first.tuple.dst !== story.lost.target.address &&
      first.tuple.dst === story.server?.address,
    asEvidence(first),
  ),
);

/** Whether somebody watched where the server's packets enter its node: only they can say that it sent nothing. */
function serverWatched({ serverInterface, serverNode, watched }: Story): boolean {
  return serverInterface !== null || (serverNode !== null && watched('capture', serverNode));
}

function isServers(packet: PacketEvent, story: Story): boolean {
  const { serverInterface, serverNode, server, endpointChanges } = story;
  if (packet.direction !== 'in' || packet.tuple.src !== server?.address || packet.node !== serverNode)
    return false;
  if (serverInterface === null || packet.interface === serverInterface.name) return true;
  // The pod that has the address now has another interface, and its packets are fresh there, too.
  return endpointChanges.length > 0 && initialTtls.has(packet.ttl);
}

/** Whether the client's own pod sent it: it comes in with the client's address, which translation gives only on the way out. */
function isClients(packet: PacketEvent, { lost }: Story): boolean {
  return packet.direction === 'in' && packet.tuple.src === lost.client?.address;
}

/** Whether observers named the sender's address as that of a pod of the node: its packets come in by the pod's interface. */
const isPodOf = (packet: PacketEvent, { serverNode, server, goesToClient }: Story): boolean =>
  goesToClient(packet) && server !== null && serverNode === packet.node;

const cameIn = (first: PacketEvent, { resets }: Story): boolean =>
  resets.some((packet) => packet.node === first.node && packet.direction === 'in' && isCopy(packet, first));

/** The same packet on another leg: addresses are translated, sequence numbers are not. */
const isCopy = (a: PacketEvent, b: PacketEvent) => a.seq === b.seq && a.ack === b.ack && a.flags === b.flags;

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
  const directions = new Set([...firsts.values()].map(({ direction }) => direction));
  if (directions.has('in')) return 'elsewhere';
  if (directions.has('out')) return 'here';
  // Nothing else was sent on this connection: what others had from the same end tells.
  const { src, sport } = first.tuple;
  return story.originOf(first.node, formatEndpoint({ address: src, port: sport })) ?? 'unknown';
}

/** By the interface that packets of the connection left by before, or with fewer hops to go than one that is fresh has. */
function cameFromOutside(packet: PacketEvent, { packets }: Story): boolean {
  const leftBefore = packets.some(
    (other) =>
      other.node === packet.node && other.interface === packet.interface && other.direction === 'out',
  );
  return leftBefore || !initialTtls.has(packet.ttl);
}
