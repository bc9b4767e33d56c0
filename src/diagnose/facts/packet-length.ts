// Whether the length of packets decides which of them pass: long ones vanish to the end, while shorter ones of the same sender arrive.
import { parseMicros } from '../../model/clock.ts';
import type { PacketEvent } from '../../model/node-event.ts';
import { initialTtls } from '../connections/packet-index.ts';
import type { SocketEvent } from '../connections/kernel-index.ts';
import type { Story } from '../connections/story.ts';
import { asEvidence, captureGap, conclusion, no, unknown, yes, type Look } from './fact.ts';
import { crossingsOf } from './which-way.ts';

/** Every IPv4 link takes so much (RFC 791); what is shorter and vanishes does so for another reason. */
const shortestLong = 576;
/** One may be lost by chance, and its repetition, too. */
const fewestSends = 3;

/** Each of a sender's packets that vanished is longer than each that arrived meanwhile, and there were such. */
export const onlyLongVanished: Look = (story) => {
  const short = repeatedShort(story);
  if (short !== undefined) return no(asEvidence(short));
  const gap = captureGap(story);
  if (gap !== null) return unknown(gap);
  for (const toClient of [false, true]) {
    const { vanished, arrived } = crossingsOf(story, toClient);
    const [first] = vanished;
    const last = vanished.at(-1);
    if (first === undefined || last === undefined || vanished.length < fewestSends) continue;
    const between = arrived.filter(({ at }) => at > first.at && at < last.at);
    const shorter = between[0];
    const shortest = Math.min(...vanished.map(({ ipLength }) => ipLength));
    if (shorter === undefined || between.some(({ ipLength }) => ipLength >= shortest)) continue;
    const longest = Math.max(...between.map(({ ipLength }) => ipLength));
    const text = `no packet of ${shortest} bytes or more arrived, and those of up to ${longest} bytes did`;
    return yes(asEvidence(first), asEvidence(shorter), asEvidence(last), conclusion(story, text));
  }
  return unknown('shorter-packets');
};

/**
 * Seen where the sender's own packets begin: long ones alone are sent again to the end, and meanwhile the other side says, with
 * a packet of no length, that it has got something, and not these.
 */
export const onlyLongMissed: Look = (story) => {
  const short = repeatedShort(story);
  if (short !== undefined) return no(asEvidence(short));
  const gap = captureGap(story);
  if (gap !== null) return unknown(gap);
  for (const same of Map.groupBy(repeatedBy(story), wayOf(story)).values()) {
    const [first] = same;
    const last = same.at(-1);
    if (first === undefined || last === undefined || same.length < fewestSends - 1) continue;
    const isHere = ({ node, interface: name }: PacketEvent) =>
      node === first.node && name === first.interface;
    const said = story.packets.find((one) => one.seq === first.seq && isHere(one) && one.payloadLength > 0);
    const shorter = story.packets.find(
      (one) =>
        said !== undefined &&
        isHere(one) &&
        one.at > said.at &&
        story.goesToClient(one) === story.goesToClient(first) &&
        one.payloadLength > 0 &&
        one.ipLength < first.ipLength &&
        ((one.seq - first.seq) | 0) > 0,
    );
    if (said === undefined || shorter === undefined) continue;
    const missed = story.packets.find(
      (one) =>
        isHere(one) &&
        one.at > shorter.at &&
        one.at < last.at &&
        story.goesToClient(one) !== story.goesToClient(first) &&
        one.flags === '.' &&
        one.payloadLength === 0 &&
        one.ack === first.seq,
    );
    if (missed !== undefined)
      return yes(asEvidence(first), asEvidence(shorter), asEvidence(missed), asEvidence(last));
  }
  return unknown('shorter-packets');
};

/** Nothing short is known to have been sent again: length may have decided, or nothing else was there to be lost. */
export const lengthMayDecide: Look = (story) => {
  const short = repeatedShort(story);
  return short === undefined ? yes() : no(asEvidence(short));
};

/** What is short and was sent again and again, or the socket that did so with no more than that in its queue. */
function repeatedShort(story: Story): PacketEvent | SocketEvent | undefined {
  const sent = repeatedBy(story).find(({ ipLength }) => ipLength < shortestLong);
  const headers = story.lost.target.address.includes(':') ? 60 : 40;
  const isShort = (unsent: number | null) => unsent !== null && unsent > 0 && unsent + headers < shortestLong;
  return (
    sent ??
    story.kernel.sockets.find(
      ({ change, unsent, retransmissions }) =>
        change === 'destroyed' && (retransmissions ?? 0) > 0 && isShort(unsent),
    )
  );
}

const wayOf =
  ({ goesToClient }: Story) =>
  (packet: PacketEvent) =>
    `${goesToClient(packet)} ${packet.seq} ${packet.node} ${packet.interface}`;

/** What either side sent again and again in the end, where its own packets begin. */
function repeatedBy(story: Story): readonly PacketEvent[] {
  const since = story.lost.lastGoodAt - story.slack;
  const again = story.packets.filter(
    (one) =>
      one.retransmission && one.payloadLength > 0 && initialTtls.has(one.ttl) && parseMicros(one.at) >= since,
  );
  return [...Map.groupBy(again, wayOf(story)).values()].filter(({ length }) => length > 1).flat();
}
