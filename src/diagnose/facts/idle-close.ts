// A server that closes a connection because nothing was asked on it, while a question is on its way: whether the two crossed, and
// whether a timer of the server's is behind it.
import { parseMicros, type Micros } from '../../model/clock.ts';
import type { PacketEvent } from '../../model/node-event.ts';
import { obeyedWithin } from '../connections/closed-unanswered.ts';
import type { Story } from '../connections/story.ts';
import {
  asEvidence,
  captureGap,
  conclusion,
  no,
  notSeen,
  unknown,
  yes,
  type Fact,
  type Look,
} from './fact.ts';

/** What a kernel has received, its program may not have heard of yet; one that is later than that may have known. */
const heardWithin: Micros = 10_000;
/** Our own says that it asked before it heard, and how late it ran: only one that did not run at all is later than that. */
const probeHeardWithin: Micros = 250_000;
/** A server on a machine that has too much to do reads a question so late at most. */
const ranLateWithin: Micros = 250_000;

/**
 * The server closed, with a FIN that acknowledges nothing of the last question, and who asked did not know: to the server the connection
 * was idle, and to the client it was open.
 */
export const askedAsItClosed: Look = (story) => {
  const { failure, phase } = story.lost;
  if ((failure !== 'closed' && failure !== 'reset') || phase === 'connecting') return no();
  const gap = captureGap(story);
  // Whether it had closed before it had that, or because of it, no packet tells.
  if (closedOnFreshQuestion(story).seen === 'yes' && !story.packets.some(isFin)) return unknown(null);
  const seen = gap === null ? onTheWire(story) : unknown(gap);
  return seen.seen === 'unknown' ? (toldByKernels(story) ?? seen) : seen;
};

function onTheWire(story: Story): Fact {
  const { packets, goesToClient } = story;
  const fin = packets.find(isFin);
  if (fin === undefined)
    return story.lost.failure === 'closed' ? unknown('rest-of-connection') : notSeen(story, 'capture');
  if (!goesToClient(fin)) return no();
  const questions = packets.filter((packet) => packet.payloadLength > 0 && !goesToClient(packet));
  const [last] = questions.slice(-1);
  if (last === undefined) return unknown('rest-of-connection');
  if (isBehind(fin.ack, last.seq)) return leftUnread(fin, last, story);
  // At the place that is nearest to the client, by which both went.
  const pairs = questions.flatMap((question) => {
    const here = packets.find((packet) => isFin(packet) && goesToClient(packet) && isAt(packet, question));
    return question.seq === last.seq && here !== undefined ? [{ question, here }] : [];
  });
  const [nearest] = pairs;
  if (nearest === undefined) return unknown('rest-of-connection');
  const { question, here } = nearest;
  const knew = isBehind(question.ack, here.seq + here.payloadLength);
  const within = story.lost.report?.phase === 'awaiting' ? probeHeardWithin : heardWithin;
  if (knew && parseMicros(question.at) - parseMicros(here.at) > within) return no();
  const words =
    'the server closed before it had received the last question, and the client asked before it can have heard of that';
  return yes(asEvidence(fin), asEvidence(question), conclusion(story, words));
}

/**
 * The question had just come, and the server closed without having read it: a RST of its socket follows the FIN. One that had come a
 * while before may have been overlooked, or the program ran late: nobody can tell.
 */
function leftUnread(fin: PacketEvent, question: PacketEvent, { resets, goesToClient }: Story): Fact {
  const [reset] = resets;
  if (reset === undefined || !goesToClient(reset) || !reset.flags.includes('.') || reset.at < fin.at)
    return no();
  const isBrief = (from: PacketEvent, to: PacketEvent) =>
    parseMicros(to.at) - parseMicros(from.at) <= heardWithin;
  if (isBrief(question, fin) && isBrief(fin, reset))
    return yes(asEvidence(question), asEvidence(fin), asEvidence(reset));
  return parseMicros(reset.at) - parseMicros(question.at) <= ranLateWithin ? unknown(null) : no();
}

/**
 * The server aborted it with a question unread that had only just come, after a silence: it may have closed what was idle to it. Only
 * what is seen counts: where nobody could look it is not said.
 */
export const closedOnFreshQuestion: Look = (story) => {
  const { resets, packets, goesToClient, kernel, server } = story;
  const socket = kernel.sockets.find(
    ({ change, tuple }) => change === 'destroyed' && tuple.src === server?.address,
  );
  const unread = socket?.unread ?? null;
  if (unread === 0) return no();
  const [reset] = resets;
  if (reset === undefined) return bySocket(socket);
  if (!goesToClient(reset) || !reset.flags.includes('.')) return no();
  const here = packets.filter((packet) => isAt(packet, reset) && packet.at < reset.at);
  if (!here.some(({ payloadLength }) => payloadLength > 0)) {
    const told = bySocket(socket);
    // Who had said goodbye in order may well have been asked just then, and nobody saw it.
    return told.seen === 'no' && here.some(isFin) ? unknown('captured-data') : told;
  }
  const [before, question] = here.slice(-2);
  if (before === undefined || question === undefined) return no();
  const isQuestion = question.payloadLength > 0 && !goesToClient(question);
  const lag = (from: PacketEvent, to: PacketEvent) => parseMicros(to.at) - parseMicros(from.at);
  const isFresh = isQuestion && lag(question, reset) <= heardWithin && lag(before, question) >= obeyedWithin;
  // One of which a part was read had been looked at.
  const isWhole = unread === null || unread >= question.payloadLength;
  return isFresh && isWhole ? yes(asEvidence(question), asEvidence(reset)) : no();
};

/** What the socket knew at its end, where a capture has no packets with data. */
function bySocket(socket: Story['kernel']['sockets'][number] | undefined): Fact {
  const { lastReceivedMs = null, lastSentMs = null, unread = null } = socket ?? {};
  const isFresh = lastReceivedMs !== null && lastReceivedMs * 1_000 <= heardWithin;
  const wasIdle = lastSentMs !== null && lastSentMs * 1_000 >= obeyedWithin;
  return socket !== undefined && unread !== null && isFresh && wasIdle ? yes(asEvidence(socket)) : no();
}

/** The client's kernel heard of the server's end, and at once of the answer to a question that had met no socket any more. */
function toldByKernels({ kernel, lost }: Story): Fact | undefined {
  const { events, sideOf } = kernel;
  const heard = events.find((event) => event.newState === 'CLOSE_WAIT' && sideOf(event) === 'client');
  const reset = kernel.received('client');
  const answered = kernel.first;
  if (heard === undefined || reset === undefined || answered?.kind !== 'closed') return undefined;
  const lag = parseMicros(reset.at) - parseMicros(heard.at);
  const within = lost.report?.phase === 'awaiting' ? probeHeardWithin : heardWithin;
  return lag > within ? no() : yes(asEvidence(heard), asEvidence(answered.event));
}

const isFin = ({ flags }: PacketEvent): boolean => flags.includes('F');
const isAt = (a: PacketEvent, b: PacketEvent): boolean => a.node === b.node && a.interface === b.interface;
/** Numbers begin anew after 2^32. */
const isBehind = (one: number, other: number): boolean => ((one - other) | 0) > 0;

/** Fewer say nothing. */
const enough = 3;
/** A timer runs late by so much, or by this share of its time where a program looks at it now and then. */
const lateness: Micros = 20_000;
const lateShare = 0.1;
/** So many are within that; on a busy machine some stamps are later. */
const mostOfThem = 0.8;
/** A question that was answered later than that met no such timer. */
const wellBeyond = 1.3;

/**
 * The connections of this kind that the server closed had been idle for the same time, and none was answered after a longer one. Those
 * that were closed while nobody asked count most: of what crossed a question alone, a client's own rhythm would say the same.
 */
export const closedAfterSameSilence: Look = (story) => {
  const { closeTimes } = story;
  if (closeTimes === null || closeTimes.silences.length < enough) return unknown(null);
  const sorted = closeTimes.silences.toSorted((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const late = Math.max(lateness, lateShare * middle);
  const alike = sorted.filter((silence) => Math.abs(silence - middle) <= late);
  const isConstant = middle >= obeyedWithin && alike.length >= mostOfThem * sorted.length;
  if (!isConstant || closeTimes.longestAnswered > wellBeyond * middle + late) return no();
  const text =
    `${alike.length} of ${sorted.length} connections of its kind that the server closed had been idle for ${seconds(alike[0] ?? 0)} to ` +
    `${seconds(alike.at(-1) ?? 0)}: a timer of the server's`;
  return yes(conclusion(story, text));
};

const seconds = (micros: number): string => `${(micros / 1e6).toFixed(micros < 1e7 ? 2 : 0)} s`;
