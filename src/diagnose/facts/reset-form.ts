// What the first RST looks like: Linux signs it. A live socket that is aborted sends ACK, its window and, where negotiated, the
// timestamp option; a kernel that finds no socket answers a packet with 40 bytes that have none of these, and REJECT does the same.
import type { PacketEvent } from '../../model/node-event.ts';
import { hasComeIn, initialTtls, isBorn } from '../connections/packet-index.ts';
import { isCopy } from '../connections/reset-order.ts';
import type { Story } from '../connections/story.ts';
import { ownerChanged } from './address-owner.ts';
import {
  asEvidence,
  captureGap,
  conclusion,
  no,
  notSeen,
  seenIf,
  unknown,
  yes,
  type Fact,
  type Look,
} from './fact.ts';

/** Looks at the first RST of all, where a capture could have seen it. */
export function ofFirstReset(look: (first: PacketEvent, story: Story) => Fact): Look {
  return (story) => {
    const gap = captureGap(story);
    if (gap !== null) return unknown(gap);
    const [first] = story.resets;
    if (first === undefined) return notSeen(story, 'capture');
    return story.resetOrderIsClear ? look(first, story) : unknown('order-of-resets');
  };
}

export const resetSeen = ofFirstReset((first) => yes(asEvidence(first)));

/** The form that only a socket gives a RST. */
export const resetOfLiveSocket = ofFirstReset((first) => {
  const { flags, window, hasTimestampOption } = first;
  if (!flags.includes('.')) return no();
  if (hasTimestampOption === null && window === 0) return unknown('captured-options');
  return seenIf(window > 0 || hasTimestampOption === true, asEvidence(first));
});

/** The form of an answer to a packet that nobody has a socket for, or that a rule rejects. */
export const resetWithoutSocket = ofFirstReset((first) => {
  if (first.flags !== 'R' || first.window > 0) return no();
  if (first.hasTimestampOption === null) return unknown('captured-options');
  return seenIf(!first.hasTimestampOption, asEvidence(first));
});

export const resetWentToClient = ofFirstReset((first, story) =>
  seenIf(story.goesToClient(first), asEvidence(first)),
);

export const resetWentToServer = ofFirstReset((first, story) =>
  seenIf(!story.goesToClient(first), asEvidence(first)),
);

/** So many other packets of the sender at the same place tell what its own TTL is there. */
const enoughToCompare = 2;

/** The RST's TTL differs from that of the same sender's other packets at the same place. */
export const resetHasOtherTtl: Look = (story) => {
  const gap = captureGap(story);
  if (gap !== null) return unknown(gap);
  let compared = 0;
  const [first] = story.resets;
  // Of the first RST on each leg: a later one is another sender's, or an answer.
  for (const rst of story.resets.filter((one) => first !== undefined && isCopy(one, first))) {
    const others = likeIt(rst, story);
    const [sample] = others;
    if (sample === undefined) continue;
    if (others.every(({ ttl }) => isOfAnotherMachine(rst.ttl, ttl))) {
      // The other owner of an address need not stand where the first one does, and is no stranger.
      if (ownerChanged(story).seen === 'yes') return unknown('packets-to-compare');
      const text = `its TTL is ${rst.ttl}; the sender's other packets have ${sample.ttl} on ${rst.interface}`;
      return yes(asEvidence(rst), conclusion(story, text));
    }
    if (others.some(({ ttl }) => ttl === rst.ttl)) compared = Math.max(compared, others.length);
  }
  return compared >= enoughToCompare ? no() : unknown('packets-to-compare');
};

/**
 * Whether two packets with these hops to go, seen at one place, are of two machines: one is fresh and the other is not, or they began
 * with different counts. A few hops more or less are no sign: the way may have changed.
 */
const isOfAnotherMachine = (ttl: number, other: number): boolean =>
  beganWith(ttl) !== beganWith(other) || initialTtls.has(ttl) !== initialTtls.has(other);

/**
 * By its hops the RST is of a machine between the peer's node and here: it began with another count than what the peer sends, which
 * all Linux hosts begin alike, or it has passed at least two routers fewer, and a rule on the peer's node would make it one.
 */
export const resetMadeOnTheWay = ofFirstReset((first, story) => {
  if (!hasComeIn(first)) return no();
  const others = likeIt(first, story);
  const [sample] = others;
  if (sample === undefined) return unknown('packets-to-compare');
  const isBetween = ({ ttl }: PacketEvent) =>
    !initialTtls.has(ttl) && (beganWith(first.ttl) !== beganWith(ttl) || first.ttl - ttl >= 2);
  if (!others.every(isBetween)) return no();
  const text = `its TTL is ${first.ttl}, and the sender's other packets have ${sample.ttl} on ${first.interface}: a rule on the sender's node would give it ${sample.ttl + 1}`;
  return yes(asEvidence(first), conclusion(story, text));
});

const beganWith = (ttl: number): number => (ttl <= 64 ? 64 : ttl <= 128 ? 128 : 255);

/** The RST comes from the sender's own host: neither it nor the sender's other packets have passed a router, and they are alike. */
export const resetIsFreshLikeOthers = ofFirstReset((first, story) => {
  // What goes out where it was born is as fresh whoever of that node made it.
  if (isBorn(first)) return unknown(null);
  const others = likeIt(first, story);
  if (others.length < enoughToCompare) return unknown('packets-to-compare');
  return seenIf(
    initialTtls.has(first.ttl) && others.every(({ ttl }) => ttl === first.ttl),
    asEvidence(first),
  );
});

/** The sender's other packets at the place of this one. */
function likeIt(rst: PacketEvent, { packets }: Story): PacketEvent[] {
  return packets.filter(
    (packet) =>
      !packet.flags.includes('R') &&
      packet.node === rst.node &&
      packet.interface === rst.interface &&
      packet.direction === rst.direction &&
      packet.tuple.src === rst.tuple.src &&
      packet.tuple.sport === rst.tuple.sport,
  );
}
