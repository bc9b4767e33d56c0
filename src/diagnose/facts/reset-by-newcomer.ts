// Whether the RST was another connection's: one that came to the server from the same address and port, while this one lived there. The
// server told it what it knew of this one, and the newcomer's kernel reset that, as it must.
import type { PacketEvent } from '../../model/node-event.ts';
import { isAnswerTo, isForeignReset, isOpening, openingsAt } from '../connections/another-opening.ts';
import type { Story } from '../connections/story.ts';
import { asEvidence, captureGap, conclusion, no, notSeen, unknown, yes, type Look } from './fact.ts';

/** The server's socket was reset by somebody who opened another connection from the same port. */
export const resetByNewcomer: Look = (story) => {
  const { lost, kernel } = story;
  // It is the server that a newcomer resets, and only a connection that there was.
  if (lost.failure !== 'reset' || lost.phase === 'connecting') return no();
  if (lost.report?.errno === 'ECONNRESET' || kernel.received('client') !== undefined) return no();
  const gap = captureGap(story);
  if (gap !== null) return unknown(gap);
  const [first] = story.resets;
  if (first === undefined) return notSeen(story, 'capture');
  if (!story.resetOrderIsClear) return unknown('order-of-resets');
  const opening = openingBehind(first, story);
  if (opening !== undefined)
    return yes(
      asEvidence(opening),
      asEvidence(first),
      conclusion(story, 'another connection was opened from the same port, and its kernel sent this RST'),
    );
  return story.lostSome('capture') ? unknown('what-was-lost') : no();
};

/** The opening of another connection that this RST is the continuation of. */
export function openingBehind(first: PacketEvent, story: Story): PacketEvent | undefined {
  const { packets, lost, slack } = story;
  const before = packets.filter(
    (packet) => packet.node === first.node && packet.interface === first.interface && packet.at <= first.at,
  );
  const opening = before.findLast((packet) => isOpening(packet) && packet !== first);
  if (opening === undefined || !isForeignReset(first, opening)) return undefined;
  if (before.some((packet) => isAnswerTo(packet, opening))) return undefined;
  // Its own has the number that it was born with.
  const isOwn = openingsAt(lost.bornAt, packets, slack).some(({ seq }) => seq === opening.seq);
  return isOwn ? undefined : opening;
}
