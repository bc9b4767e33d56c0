// Whether an opening met what the server still had of an old connection of the same address and port: its kernel answers it with an
// acknowledgement of that one, and with no SYN-ACK.
import { parseMicros, type Micros } from '../../model/clock.ts';
import type { CountersEvent, PacketEvent } from '../../model/node-event.ts';
import type { Entrance } from '../connections/packet-index.ts';
import { isOpening } from '../connections/sent-in-vain.ts';
import type { Story } from '../connections/story.ts';
import { counterLine, rose } from './counters.ts';
import { asEvidence, captureGap, no, unknown, yes, type Fact, type Look } from './fact.ts';

/** Of one who waits longer, what was counted in its last two minutes: tcp_syn_retries. */
const longestAttempt: Micros = 130_000_000;
/** A segment that is no part of what a socket waits for: older than what it had, or not acceptable in TIME_WAIT. */
const refusals = /^TcpExt(?:PAWSTimewait|TCPACKSkippedTimeWait)$/;
const challenges = /^TcpExtTCPSYNChallenge$/;
/** An acknowledgement that an old connection still had on its way comes once; one for each repetition is an answer. */
const soonestRepetition: Micros = 200_000;

/**
 * A bare ACK that does not acknowledge it was the answer. Where the server's own packets are seen first it cannot have been on its way
 * before; of what is seen elsewhere one may have, and two with a repetition of the opening between them count.
 */
export const bareAckAnswered: Look = (story) => {
  const { serverInterface } = story;
  if (!mayBeAttempt(story)) return no();
  const gap = captureGap(story);
  if (gap !== null) return unknown(gap);
  const isAttempt = story.lost.phase === 'connecting';
  const openings = openingsOf(story);
  const [opening] = openings;
  if (opening === undefined) return isAttempt ? unknown('rest-of-connection') : no();
  if (story.packets.some((packet) => isMade(packet, opening, story))) return no();
  const answers = bareAnswers(openings, story);
  const [first] = answers;
  if (first === undefined) return isAttempt ? noneSeen(openings, story) : no();
  const evidence = yes(asEvidence(first.opening), asEvidence(first.answer));
  if (isAt(first.answer, serverInterface)) return evidence;
  const isRepeated = answers.some(
    ({ opening: one, answer }) =>
      isSamePlace(answer, first.answer) &&
      lag(first.answer, one) >= soonestRepetition &&
      one.at > first.answer.at,
  );
  return isRepeated ? evidence : unknown('capture-at-server');
};

/** Packets alone do not part an opening that came to nothing from the connection that had its port before. */
const mayBeAttempt = ({ lost }: Story): boolean => lost.phase === 'connecting' || lost.report === null;

const isMade = ({ flags, ack, ...packet }: PacketEvent, { seq }: PacketEvent, story: Story): boolean =>
  flags.includes('S') && flags.includes('.') && story.goesToClient(packet) && ack === (seq + 1) >>> 0;

/** The openings of this attempt, wherever they were seen: a port that others had before has theirs, too. */
function openingsOf({ packets, lost, slack, goesToClient }: Story): PacketEvent[] {
  const all = packets.filter(
    (packet) => isOpening(packet) && !goesToClient(packet) && parseMicros(packet.at) <= lost.failedAt + slack,
  );
  const { client } = lost;
  const own = all.findLast(({ tuple }) => tuple.src === client?.address && tuple.sport === client.port);
  const last = own ?? all.at(-1);
  return last === undefined ? [] : all.filter(({ seq }) => seq === last.seq);
}

interface Answered {
  readonly opening: PacketEvent;
  readonly answer: PacketEvent;
}

/** What came back at the same place after an opening and before the client said anything else there, and is an answer to none. */
function bareAnswers(openings: readonly PacketEvent[], { packets, goesToClient }: Story): Answered[] {
  const isOwn = new Set(openings);
  return packets.flatMap((answer, index) => {
    if (!goesToClient(answer) || answer.flags !== '.' || answer.payloadLength > 0) return [];
    const before = packets
      .slice(0, index)
      .findLast(
        (one) => isSamePlace(one, answer) && !goesToClient(one) && one.direction !== answer.direction,
      );
    if (before === undefined || !isOwn.has(before)) return [];
    return answer.ack === (before.seq + 1) >>> 0 ? [] : [{ opening: before, answer }];
  });
}

/** An opening that never came to the server was answered by nobody there; of others an answer without a flag may not have been kept. */
function noneSeen(openings: readonly PacketEvent[], story: Story): Fact {
  const { serverInterface, nodes, lost, slack } = story;
  if (serverInterface === null || !nodes.ran('capture', serverInterface.node))
    return unknown('capture-at-server');
  const { node } = serverInterface;
  if (nodes.missesSince('capture', node) <= lost.failedAt + slack) return unknown('what-was-lost');
  if (nodes.missed('capture', node, lost.bornAt, lost.failedAt)) return unknown('its-hours');
  return openings.some((one) => isAt(one, serverInterface)) ? unknown('captured-data') : no();
}

const isAt = (packet: PacketEvent, place: Entrance | null): boolean =>
  place !== null && packet.node === place.node && packet.interface === place.name;
const isSamePlace = (a: PacketEvent, b: PacketEvent): boolean =>
  a.node === b.node && a.interface === b.interface;
const lag = (from: PacketEvent, to: PacketEvent): Micros => parseMicros(to.at) - parseMicros(from.at);

/** The kernel of the server's namespace refused segments for connections in TIME_WAIT while this one was being made. */
export const timeWaitRefused: Look = (story) => meanwhileAtServer(story, refusals);

/**
 * It met openings for connections that were alive there meanwhile. Where it refused some in TIME_WAIT as well, nobody can tell which
 * of the two this one was.
 */
export const openingMetLiveSocket: Look = (story) => {
  const met = meanwhileAtServer(story, challenges);
  return met.seen === 'yes' && timeWaitRefused(story).seen === 'yes' ? unknown(null) : met;
};

function meanwhileAtServer(story: Story, name: RegExp): Fact {
  const { lost, serverScope, serverNode, nodes, slack } = story;
  if (!mayBeAttempt(story)) return no();
  if (serverScope === null || serverNode === null || !story.lookedIntoServer('snmp')) return unknown('snmp');
  const since = Math.max(lost.bornAt - slack, lost.failedAt - longestAttempt);
  const risen = story.counters.filter(
    (event) => isOf(event, serverNode, serverScope) && parseMicros(event.at) >= since && rose(event, name),
  );
  if (risen.length > 0) return yes(...risen.slice(0, 2).map((event) => counterLine(event, name)));
  const wasRead = nodes.counted(serverScope) && nodes.lastRoundSince('snmp', serverNode) >= lost.failedAt;
  return wasRead ? no() : unknown('snmp');
}

const isOf = ({ source, node, scope }: CountersEvent, serverNode: string, serverScope: string): boolean =>
  source === 'snmp' && node === serverNode && scope === serverScope;
