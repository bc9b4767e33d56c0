// What the sender's kernel counted, held against what was seen leaving it: where the two agree, each RST is paid for by a count.
import { parseMicros } from '../../model/clock.ts';
import type { ResetTally } from '../connections/reset-tally.ts';
import type { Story } from '../connections/story.ts';
import { captureGap, conclusion, no, seenIf, unknown, yes, type Fact, type Look } from './fact.ts';
import { senderCounted, senderCountedResets, senderOf } from './sender-counters.ts';

/**
 * Since the beginning it counted just as many RSTs of its own as were seen leaving it: there is none that only a rule can have made.
 * Around one moment that says less: a pod that is refused on its own loopback counts a RST that nobody sees. When each was counted does
 * not matter: one may wait in its pod for a second until the next hop is known.
 */
export const senderCountedJustThose: Look = (story) => {
  const counted = senderCountedResets(story);
  if (agreedTallies(story).some(({ sinceBeginning }) => sinceBeginning))
    return yes(...(counted.seen === 'yes' ? counted.evidence : []));
  return counted.seen === 'yes' ? no(...counted.evidence) : counted;
};

const anyAborts = senderCounted(/^TcpExtTCPAbortOn(Data|Close|Linger|Memory)$/, 'some');

/** It counted sockets that their own program aborted, closing them with data unread or with linger 0. */
export const senderCountedAborts: Look = (story) => {
  const counted = anyAborts(story);
  if (counted.seen === 'no' && story.kernel.first?.kind === 'aborted') return unknown(null);
  // Who read the count of this RST read that of the aborts with it, whatever became of the namespace afterwards.
  const read = counted.seen === 'unknown' ? agreedTallies(story) : [];
  return read.some(({ aborted }) => aborted === 0) ? no() : counted;
};

/** It is not known to have counted any, be it that nobody could look. */
export const noAbortKnown: Look = (story) => seenIf(senderCountedAborts(story).seen !== 'yes');

/** Its programs aborted as many sockets as RSTs of live sockets were seen leaving. */
export const senderCountedAbortForEach = ofAgreedTally((tally, story) =>
  seenIf(tally.live > 0 && tally.aborted === tally.live, inWords(tally, tally.aborted, story)),
);

/** The same of sockets with input unread, of which each sends a RST; with linger 0, one that is half closed does not. */
export const senderCountedUnreadForEach = ofAgreedTally((tally, story) =>
  seenIf(
    tally.live > 0 && tally.unread === tally.live && tally.aborted === tally.live,
    inWords(tally, tally.unread, story),
  ),
);

const dataAborts = senderCounted(/^TcpExtTCPAbortOnData$/, 'some');

/**
 * A socket that its program had closed answered data, in the form of no socket: its FIN may still wait behind what is not yet
 * acknowledged, so that nobody saw it.
 */
export const senderAnsweredForClosed: Look = (story) => {
  const counted = dataAborts(story);
  if (counted.seen === 'no') return counted;
  const agreed = agreedTallies(story);
  if (agreed.some(({ lingerOrClosed }) => lingerOrClosed === 0)) return no();
  if (counted.seen === 'unknown') return counted;
  const [tally] = agreed;
  // Those with linger 0 count alike, and send the RST of a live socket.
  return tally !== undefined && tally.lingerOrClosed > tally.live ? yes(...counted.evidence) : unknown(null);
};

function ofAgreedTally(look: (tally: ResetTally, story: Story) => Fact): Look {
  return (story) => {
    const [tally] = agreedTallies(story);
    if (tally !== undefined) return look(tally, story);
    const counted = senderCountedResets(story);
    return counted.seen === 'unknown' ? counted : unknown(null);
  };
}

/** Five facts ask for the same of one story. */
const known = new WeakMap<Story, readonly ResetTally[]>();

function agreedTallies(story: Story): readonly ResetTally[] {
  const made = known.get(story) ?? findAgreed(story);
  known.set(story, made);
  return made;
}

function findAgreed(story: Story): readonly ResetTally[] {
  const [first] = captureGap(story) === null && story.resetOrderIsClear ? story.resets : [];
  const sender = first === undefined ? null : senderOf(first, story);
  if (first === undefined || sender === null || story.lostSome('capture')) return [];
  return story.nodes.resets.agreed(sender.scope, sender.place, parseMicros(first.at));
}

const inWords = ({ live }: ResetTally, aborted: number, story: Story) =>
  conclusion(
    story,
    `its kernel counted ${aborted} aborted sockets, and ${live} RSTs of live sockets left it`,
  );
