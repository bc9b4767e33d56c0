// How a lost connection ended, from the story that its finding tells: where its last packet stopped, and what came back.
import { formatMicros, isWritable, parseMicros } from '../../model/clock.ts';
import { missedAt } from '../../model/ladder.ts';
import { lastMomentsSchema, mostTold, type LastMoments } from '../../model/last-moments.ts';
import type { Story } from '../../diagnose/connections/story.ts';
import { carriesData, usualWays, type SightedPacket, type UsualWays } from './packet-sightings.ts';
import { toldOf } from './told-of-ending.ts';

/** Undefined where what is known is not fit for a record. @param sighted Its packets. */
export function lastMomentsOf(story: Story, sighted: readonly SightedPacket[]): LastMoments | undefined {
  const { failure, phase, client, target, failedAt } = story.lost;
  const told = toldOf(story);
  const moments = {
    ...{ failure, phase, client, target },
    lostAt: isWritable(failedAt) ? formatMicros(failedAt) : null,
    stopped: stoppedIn(story, sighted),
    arrived: hasArrived(story, sighted),
    answer: answerIn(story),
    told: told.slice(-mostTold),
    earlier: Math.max(0, told.length - mostTold),
  };
  return lastMomentsSchema.safeParse(moments).data;
}

/** Only then does a capture that has not seen a packet at some place say that it was not there. */
export const sawAll = ({ captureMissedIt, lostSome, missedSome }: Story): boolean =>
  !captureMissedIt && !lostSome('capture') && !missedSome('capture');

function stoppedIn(story: Story, sighted: readonly SightedPacket[]): LastMoments['stopped'] {
  if (!sawAll(story)) return null;
  const usual = usualWays(sighted);
  if (usual === null) return null;
  // A server that answers has heard; where it has, its answers may be what did not come.
  return stoppedFrom('client', story, sighted, usual) ?? stoppedFrom('server', story, sighted, usual);
}

function stoppedFrom(
  from: 'client' | 'server',
  { lost }: Story,
  sighted: readonly SightedPacket[],
  usual: UsualWays,
): LastMoments['stopped'] {
  const before = sighted.filter(({ packet }) => parseMicros(packet.at) <= lost.failedAt);
  const last = before.findLast((one) => one.from === from && carriesData(one.packet));
  if (last === undefined) return null;
  const next = missedAt(last.places, usual[from]);
  const lastSeen = last.places.at(-1);
  if (next === null || lastSeen === undefined || isAcknowledged(last, before)) return null;
  return { from, at: last.packet.at, flags: last.packet.flags, lastSeen, next };
}

/** By the other end, wherever that was seen. Numbers go round: the nearer way counts. */
function isAcknowledged({ packet, from }: SightedPacket, all: readonly SightedPacket[]): boolean {
  const end = packet.seq + packet.payloadLength + (/[SF]/.test(packet.flags) ? 1 : 0);
  return all.some(
    (other) => other.from !== from && other.packet.flags.includes('.') && ((other.packet.ack - end) | 0) >= 0,
  );
}

/** A capture at one end sees the others' packets go, and not where to: the end of the usual way tells nothing by itself. */
function hasArrived({ lost, serverInterface }: Story, sighted: readonly SightedPacket[]): boolean {
  if (serverInterface === null) return false;
  const last = sighted.findLast(
    ({ packet, from }) =>
      from === 'client' && packet.payloadLength > 0 && parseMicros(packet.at) <= lost.failedAt,
  );
  return last?.places.includes(`${serverInterface.node} ${serverInterface.name} out`) ?? false;
}

function answerIn({ lost, resets, kernel, errors }: Story): LastMoments['answer'] {
  const { failure } = lost;
  if (failure === 'closed') return 'close';
  const hasReset = resets.length > 0 || kernel.first !== null;
  if ((failure === 'reset' || failure === 'refused') && hasReset) return 'reset';
  if (errors.own.length > 0) return 'icmp';
  if (failure === 'reset') return 'reset';
  return failure === 'timeout' ? 'nothing' : null;
}
