// Where the RST was first seen and what it looks like: its author signs it with both.
// Fingerprints: the Linux kernel's answer for a missing socket is 40 bytes, window 0, no options, IP id 0; a live socket that is
// aborted sends ACK, its window and, where negotiated, the timestamp option.
import { parseMicros } from '../../model/clock.ts';
import type { PacketEvent } from '../../model/node-event.ts';
import type { Story } from '../connections/story.ts';
import { asEvidence, captureGap, conclusion, no, seenIf, unknown, yes, type Sighting } from './sighting.ts';

/** The RSTs that travelled to the client, each leg's copy, oldest first. */
function towardsClient(story: Story): PacketEvent[] {
  const { client } = story.incident;
  return story.resets.filter((packet) => client !== null && packet.tuple.dst === client.address);
}

/** The first RST of all came out of the server's pod. */
export function resetFromServer(story: Story): Sighting {
  const gap = captureGap(story);
  if (gap !== null) return unknown(gap);
  const [first] = story.resets;
  if (first === undefined) return no();
  if (first.direction === 'unknown') return unknown('capture-direction');
  if (!serverWatched(story)) return unknown('capture-at-server');
  return seenIf(isServers(first, story), asEvidence(first));
}

/** Whether somebody watched where the server's packets enter its node: only they can say that it sent nothing. */
function serverWatched({ serverInterface, serverNode, watched }: Story): boolean {
  return serverInterface !== null || (serverNode !== null && watched('capture', serverNode));
}

function isServers(packet: PacketEvent, { serverInterface, serverNode, server }: Story): boolean {
  if (packet.direction !== 'in' || packet.tuple.src !== server?.address || packet.node !== serverNode)
    return false;
  return serverInterface === null || packet.interface === serverInterface.name;
}

/** Whether the client's own pod sent it: it comes in where the client's other packets do, with all its hops still before it. */
function isClients(packet: PacketEvent, story: Story): boolean {
  return packet.direction === 'in' && packet.tuple.src === story.incident.client?.address;
}

/** A RST left the node without ever having come into it: something on the node made it. */
export function resetMadeOnNode(story: Story): Sighting {
  const gap = captureGap(story);
  if (gap !== null) return unknown(gap);
  const [first] = story.resets;
  if (first === undefined) return no();
  if (first.direction === 'unknown') return unknown('capture-direction');
  const cameIn = story.resets.some(
    (packet) => packet.node === first.node && packet.direction === 'in' && isCopy(packet, first),
  );
  return seenIf(
    first.direction === 'out' && !cameIn,
    asEvidence(first),
    conclusion(story, `no interface of ${first.node} saw this RST come in`),
  );
}

/** The same packet on another leg: addresses are translated, sequence numbers are not. */
const isCopy = (a: PacketEvent, b: PacketEvent) => a.seq === b.seq && a.ack === b.ack && a.flags === b.flags;

/** The RST came into a node from outside, and no pod had sent it: something in between made it. */
export function resetFromBetween(story: Story): Sighting {
  const gap = captureGap(story);
  if (gap !== null) return unknown(gap);
  const [first] = story.resets;
  if (first?.direction === 'unknown') return unknown('capture-direction');
  if (first?.direction !== 'in') return no();
  if (!serverWatched(story)) return unknown('capture-at-server');
  if (isServers(first, story) || isClients(first, story)) return no();
  return seenIf(
    cameFromOutside(first, story),
    asEvidence(first),
    conclusion(story, `the server's pod on ${story.serverNode ?? 'its node'} did not send it`),
  );
}

/** A packet that has more hops to go than one fresh from a pod on that node, or that came by the interface of other nodes' packets. */
function cameFromOutside(packet: PacketEvent, story: Story): boolean {
  const leftBefore = story.packets.some(
    (other) =>
      other.node === packet.node && other.interface === packet.interface && other.direction === 'out',
  );
  const isPodsOwn = story.packets.some(
    (other) =>
      other.node === packet.node &&
      other.interface === packet.interface &&
      other.direction === 'in' &&
      other.tuple.src === story.incident.client?.address,
  );
  return leftBefore || !isPodsOwn;
}

/** The RST's TTL differs from that of the same sender's other packets at the same place. */
export function resetHasOtherTtl(story: Story): Sighting {
  const gap = captureGap(story);
  if (gap !== null) return unknown(gap);
  for (const rst of towardsClient(story)) {
    const others = story.packets.filter(
      (packet) =>
        !packet.flags.includes('R') &&
        packet.node === rst.node &&
        packet.interface === rst.interface &&
        packet.direction === rst.direction &&
        packet.tuple.src === rst.tuple.src &&
        packet.tuple.sport === rst.tuple.sport,
    );
    const [sample] = others;
    if (sample !== undefined && others.every((packet) => packet.ttl !== rst.ttl)) {
      return yes(
        asEvidence(rst),
        conclusion(
          story,
          `its TTL is ${rst.ttl}; the sender's other packets have ${sample.ttl} on ${rst.interface}`,
        ),
      );
    }
  }
  return no();
}

/** The first RST has the form of a kernel that found no socket. */
export function resetOfNoSocket(story: Story): Sighting {
  const gap = captureGap(story);
  if (gap !== null) return unknown(gap);
  const [first] = story.resets;
  if (first === undefined) return no();
  // Where options were cut off there were some, which such a RST has not.
  const bare = first.window === 0 && first.hasTimestampOption === false && first.flags === 'R';
  return seenIf(bare, asEvidence(first));
}

/** The first RST has the form of a live socket that was aborted. */
export function resetOfLiveSocket(story: Story): Sighting {
  const gap = captureGap(story);
  if (gap !== null) return unknown(gap);
  const first = towardsClient(story)[0];
  if (first === undefined) return no();
  if (first.flags !== 'R.') return no();
  if (first.hasTimestampOption === null && first.window === 0) return unknown('captured-options');
  return seenIf(first.hasTimestampOption === true || first.window > 0, asEvidence(first));
}

/** The first RST of all came from the client's own kernel and went to the server's pod: an answer had reached it untranslated. */
export function clientResetTheServer(story: Story): Sighting {
  const gap = captureGap(story);
  if (gap !== null) return unknown(gap);
  const { client, target } = story.incident;
  const [first] = story.resets;
  if (first === undefined || client === null) return no();
  if (first.direction === 'unknown') return unknown('capture-direction');
  return seenIf(
    // Out of the node it would be one that the node made in the client's name.
    first.direction === 'in' &&
      first.tuple.src === client.address &&
      first.tuple.dst !== target.address &&
      first.tuple.dst === story.server?.address,
    asEvidence(first),
  );
}

/** A RST crossed an interface outwards already with the Service's address, though the server's pod has its own: translated too early. */
export function resetSeenAsServiceOnUplink(story: Story): Sighting {
  const gap = captureGap(story);
  if (gap !== null) return unknown(gap);
  const { target } = story.incident;
  if (story.server === null || story.server.address === target.address) return no();
  const asService = towardsClient(story).filter((packet) => packet.tuple.src === target.address);
  const early = asService.find((packet) => packet.direction === 'in');
  if (early !== undefined) return yes(asEvidence(early));
  return asService.some((packet) => packet.direction === 'unknown') ? unknown('capture-direction') : no();
}

/** No RST was seen at all. */
export function noResetSeen(story: Story): Sighting {
  const gap = captureGap(story);
  if (gap !== null) return unknown(gap);
  return seenIf(story.resets.length === 0);
}

/** The server had said goodbye (FIN) before. */
export function finBefore(story: Story): Sighting {
  const gap = captureGap(story);
  if (gap !== null) return unknown(gap);
  const { failedAt } = story.incident;
  const fin = story.packets.find(
    (packet) =>
      packet.flags.includes('F') &&
      packet.tuple.dst === story.incident.client?.address &&
      parseMicros(packet.at) <= failedAt + story.slack,
  );
  return fin === undefined ? no() : yes(asEvidence(fin));
}

/** The client sent the same data again and again. */
export function clientRetransmitted(story: Story): Sighting {
  const gap = captureGap(story);
  if (gap !== null) return unknown(gap);
  const again = story.packets.filter(
    (packet) => packet.retransmission && packet.tuple.src === story.incident.client?.address,
  );
  const [first] = again;
  return first === undefined ? no() : yes(asEvidence(first));
}

/** The RST or FIN that ended the connection was on the wire long before the client noticed it. */
export function noticedLate(story: Story): Sighting {
  const { failed, failedAt, silenceMs } = story.incident;
  const last = story.packets.findLast(
    (packet) => /[RF]/.test(packet.flags) && packet.tuple.dst === story.incident.client?.address,
  );
  const waitedMs = last === undefined ? 0 : (failedAt - parseMicros(last.at)) / 1_000;
  const delayMs = Math.max(failed.loopDelayMs, waitedMs > 250 ? waitedMs : 0);
  if (delayMs > 250 && silenceMs > 250) {
    const text = `the client's process did not run for about ${Math.round(Math.max(silenceMs, delayMs))} ms before this`;
    return yes(
      { source: 'client-events', at: failed.at, text, file: 'events.ndjson' },
      ...(last === undefined ? [] : [asEvidence(last)]),
    );
  }
  return no();
}
