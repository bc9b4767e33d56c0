// Connections of anybody that packets show to have ended badly. An orderly end is none, nor is a RST by a side that had all it wanted.
import { formatMicros, parseMicros, type Micros } from '../../model/clock.ts';
import { formatEndpoint } from '../../model/endpoint.ts';
import type { PacketEvent } from '../../model/node-event.ts';
import type { FailureKind, Phase } from '../../model/probe-event.ts';
import { isOpening, isSameWay } from './another-opening.ts';
import { finUnanswered, obeyedWithin } from './closed-unanswered.ts';
import type { LostConnection, NextAttempt } from './lost-connection.ts';
import { isOfLiveSocket, isSamePlace } from './packet-index.ts';
import { remember } from './remember.ts';
import {
  isSentAgain,
  leftInVain,
  sentInVain,
  unansweredSince,
  type CapturedUntil,
  type SentInVain,
} from './sent-in-vain.ts';
import type { WireConnection } from './wire-connections.ts';

export interface SeenOnTheWire {
  readonly lost: readonly LostConnection[];
  /** Ended by a RST that nobody missed anything by: told, and not counted. */
  readonly benign: number;
  /** Sent again and again without an answer to the end of what was captured: perhaps lost, perhaps not. */
  readonly stalled: number;
  /** What the packets say of a connection that has this end, as formatEndpoint writes it, at that time. */
  readonly judgedAt: (clientEnd: string, at: Micros) => JudgedOnTheWire | undefined;
}

export interface JudgedOnTheWire {
  readonly connection: WireConnection;
  readonly is: Ending['is'];
  /** Null where it is none. */
  readonly loss: LostConnection | null;
}

type Ending =
  | {
      readonly is: 'lost';
      readonly failure: FailureKind;
      readonly phase: Phase | null;
      readonly by: PacketEvent;
      /** The last packet while all was well; undefined for what the ending side said last. */
      readonly good?: PacketEvent | undefined;
    }
  | { readonly is: 'benign' | 'stalled' | 'alive' };

/** What kernels tell of what packets show. */
export interface ToldOfProcesses {
  /** Whether a kernel told that the server's process was killed, and that this goodbye came of it. */
  readonly wasKilled: WasKilled;
  /** When the client's process closed it after that moment; undefined where nobody told that it did. */
  readonly closedAfter: (connection: WireConnection, at: Micros) => Micros | undefined;
}

type WasKilled = (connection: WireConnection, goodbye: PacketEvent) => boolean;
const nobodyTold: ToldOfProcesses = { wasKilled: () => false, closedAfter: () => undefined };

export function lostOnTheWire(
  connections: readonly WireConnection[],
  capturedUntil: CapturedUntil,
  told: ToldOfProcesses = nobodyTold,
): SeenOnTheWire {
  const lost: LostConnection[] = [];
  const judged = new Map<string, JudgedOnTheWire[]>();
  let [benign, stalled] = [0, 0];
  for (const connection of connections) {
    const ending = endingOf(connection, capturedUntil, told);
    const loss = ending.is === 'lost' ? lossOf(connection, ending) : null;
    for (const leg of connection.legs) remember(judged, leg, { connection, is: ending.is, loss });
    if (loss !== null) lost.push(loss);
    else if (ending.is === 'benign') benign += 1;
    else if (ending.is === 'stalled') stalled += 1;
  }
  return {
    ...{ lost: withNextAttempts(lost), benign, stalled },
    judgedAt: (clientEnd, at) => judged.get(clientEnd)?.findLast((one) => isAround(one, at)),
  };
}

/** An end is told of soon after the last packet; where something was sent in vain, a kernel gives up later, with nothing on the wire. */
const toldWithin: Micros = 5_000_000;
const gaveUpWithin: Micros = 180_000_000;

function isAround({ connection: { packets }, is }: JudgedOnTheWire, at: Micros): boolean {
  const [first, last] = [packets[0], packets.at(-1)].map((packet) => parseMicros(packet?.at ?? ''));
  const within = is === 'stalled' ? gaveUpWithin : toldWithin;
  return first !== undefined && last !== undefined && at >= first - toldWithin && at <= last + within;
}

function endingOf(connection: WireConnection, capturedUntil: CapturedUntil, told: ToldOfProcesses): Ending {
  const { packets } = connection;
  const ofClient = sentInVain(connection, false, capturedUntil);
  if (ofClient?.is === 'given-up') return endingInSilence(connection, ofClient);
  const ofServer = sentInVain(connection, true, capturedUntil);
  // A client that had ended it lacks nothing that the server still says.
  const lacks = ofServer !== null && !hasEnded(connection, ofServer.last);
  if (lacks && ofServer.is === 'given-up') return endingInSilence(connection, ofServer);
  const left = leftInVain(connection);
  if (left !== undefined) return endingInSilence(connection, left);
  const reset = packets.find(({ flags }) => flags.includes('R'));
  if (reset !== undefined) return endingByReset(connection, reset, told.wasKilled);
  const closed = ofClient === null ? undefined : closedInVain(connection, ofClient, told);
  if (closed !== undefined) return endingInSilence(connection, closed);
  const fin = finUnanswered(connection);
  if (fin !== undefined) return { is: 'lost', failure: 'closed', phase: 'awaiting', by: fin };
  return { is: ofClient?.is === 'stalled' || (lacks && ofServer.is === 'stalled') ? 'stalled' : 'alive' };
}

const endingInSilence = ({ packets }: WireConnection, { last, good }: SentInVain): Ending => ({
  ...{ is: 'lost', failure: 'timeout', by: last, good },
  phase: packets.every(({ flags }) => /[SR]/.test(flags)) ? 'connecting' : 'awaiting',
});

/** Its process closed it while it was sent again and again; what the kernel goes on sending after that is in nobody's way any more. */
function closedInVain(
  connection: WireConnection,
  ofClient: SentInVain,
  { closedAfter }: ToldOfProcesses,
): SentInVain | undefined {
  const closedAt =
    ofClient.is === 'stalled' ? closedAfter(connection, parseMicros(ofClient.againSince)) : undefined;
  if (closedAt === undefined) return undefined;
  const isBefore = (packet: PacketEvent) =>
    parseMicros(packet.at) <= closedAt && !connection.goesToClient(packet);
  return { ...ofClient, last: connection.packets.findLast(isBefore) ?? ofClient.last };
}

const hasEnded = ({ packets, goesToClient }: WireConnection, before: PacketEvent): boolean =>
  packets.some((packet) => !goesToClient(packet) && /[RF]/.test(packet.flags) && packet.at <= before.at);

function endingByReset(connection: WireConnection, by: PacketEvent, wasKilled: WasKilled): Ending {
  const { packets, goesToClient } = connection;
  const before = packets.slice(0, packets.indexOf(by));
  // Nothing was said for longer than a capture keeps: a client that goes then, with a RST of its own, lacks nothing that can be seen.
  if (before.length === 0 && !goesToClient(by) && isOfLiveSocket(by)) return { is: 'benign' };
  if (before.length === 0) return { is: 'lost', failure: 'reset', phase: 'idle', by };
  const opening = before.every(({ flags }) => flags.includes('S'));
  if (opening && !hasTalked(connection, before, by)) {
    const answered = before.some(({ flags }) => flags.includes('S') && flags.includes('.'));
    const last = before.at(-1) ?? by;
    if (answered && wasAbandoned(by, before))
      return { is: 'lost', failure: 'timeout', phase: 'connecting', by: last, good: before[0] };
    return { is: 'lost', failure: answered ? 'reset' : 'refused', phase: 'connecting', by };
  }
  const ends = (toClient: boolean) =>
    before.some((packet) => packet.flags.includes('F') && goesToClient(packet) === toClient);
  if (ends(true) && ends(false)) return { is: 'benign' };
  const toClient = goesToClient(by);
  const isCutOff =
    !toClient && !ends(true) && !ends(false) && isOfLiveSocket(by) && hasMoreUnderWay(connection, before, by);
  // Of what was said between the opening and the RST nothing was captured.
  const phase = opening ? null : isCutOff ? 'awaiting' : phaseOf(connection, before);
  // The client had its last answer, as far as can be seen, and went, with a RST of a live socket in place of a FIN.
  if (!toClient && phase !== 'awaiting' && isOfLiveSocket(by)) return { is: 'benign' };
  // One side had ended, and the other's RST answers what came too late: what was asked is lost, if something was.
  if (ends(true) && phase !== 'awaiting') return { is: 'benign' };
  if (ends(false) && phase === 'idle') return { is: 'benign' };
  const asked = askedOfTheClosed(connection, before);
  if (asked !== undefined && !wasMeantForKilled(connection, asked, wasKilled)) return { is: 'benign' };
  const good = asked?.before;
  return { is: 'lost', failure: ends(true) ? 'closed' : 'reset', phase, by, good };
}

/** Whether the RST's numbers tell of data since the opening, of which a capture of openings and ends has none. */
function hasTalked(
  { goesToClient }: WireConnection,
  before: readonly PacketEvent[],
  by: PacketEvent,
): boolean {
  const toClient = goesToClient(by);
  const beyond = (isOwn: boolean, number: number) => {
    const first = before.findLast((packet) => (goesToClient(packet) === toClient) === isOwn);
    return first !== undefined && ((number - first.seq) | 0) > 1;
  };
  // A RST that answers an opening has no number of its own.
  return (by.seq !== 0 && beyond(true, by.seq)) || (by.flags.includes('.') && beyond(false, by.ack));
}

/** Of a question that came too late: the server's goodbye, and the last packet while all was well. */
interface AskedTooLate {
  readonly goodbye: PacketEvent;
  readonly question: PacketEvent;
  readonly before: PacketEvent | undefined;
}

/** Where the server had said goodbye with nothing unanswered, and the client's kernel had acknowledged that before it sent the question. */
function askedOfTheClosed(
  connection: WireConnection,
  before: readonly PacketEvent[],
): AskedTooLate | undefined {
  const { goesToClient } = connection;
  const index = before.findIndex((packet) => packet.flags.includes('F') && goesToClient(packet));
  const [goodbye, question] = [
    before[index],
    before.find((packet, at) => at > index && packet.payloadLength > 0 && !goesToClient(packet)),
  ];
  if (goodbye === undefined || question === undefined) return undefined;
  const knew = ((question.ack - goodbye.seq - goodbye.payloadLength) | 0) > 0;
  const isTooLate = knew && phaseOf(connection, before.slice(0, index)) === 'idle';
  return isTooLate ? { goodbye, question, before: before[index - 1] } : undefined;
}

/** The goodbye was no program's, and the question not the client's own goodbye, which follows at once. */
const wasMeantForKilled = (
  connection: WireConnection,
  { goodbye, question }: AskedTooLate,
  wasKilled: WasKilled,
): boolean =>
  parseMicros(question.at) - parseMicros(goodbye.at) >= obeyedWithin && wasKilled(connection, goodbye);

/**
 * Whether an opening was given up before its answer came, which met no socket, while either was sent again: packets had vanished. The
 * RST goes where the opening went, so the answer came as it should, and only late.
 */
function wasAbandoned(reset: PacketEvent, before: readonly PacketEvent[]): boolean {
  const opening = before.find((packet) => isOpening(packet) && isSamePlace(packet, reset));
  return reset.flags === 'R' && opening !== undefined && isSameWay(opening, reset) && isSentAgain(before);
}

/** The client went while more of an answer was on its way than it had received by then, as the number tells that it acknowledges. */
function hasMoreUnderWay(
  { goesToClient }: WireConnection,
  before: readonly PacketEvent[],
  by: PacketEvent,
): boolean {
  const sent = before.filter((packet) => goesToClient(packet) && isSamePlace(packet, by));
  const [first] = sent;
  if (first === undefined || ((by.ack - first.seq) | 0) <= 0) return false;
  return sent.some(({ seq, payloadLength }) => payloadLength > 0 && ((seq + payloadLength - by.ack) | 0) > 0);
}

/** Whether the client waited for an answer: the last data was its own. */
export function phaseOf({ goesToClient }: WireConnection, before: readonly PacketEvent[]): Phase {
  const last = before.findLast(({ payloadLength }) => payloadLength > 0);
  if (last === undefined) return 'idle';
  return goesToClient(last) ? 'idle' : 'awaiting';
}

function lossOf(
  connection: WireConnection,
  { failure, phase, by, good: heard }: Extract<Ending, { is: 'lost' }>,
): LostConnection {
  const { packets, client, target, legs, goesToClient } = connection;
  const failedAt = parseMicros(by.at);
  const first = packets[0] ?? by;
  const toClient = goesToClient(by);
  const before = packets.slice(0, packets.indexOf(by));
  // What the ending side last said while all was well: what either had to send again without an answer was in the trouble.
  const troubles = [false, true].flatMap((side) => unansweredSince(connection, side) ?? []);
  const good =
    heard ??
    before.findLast(
      (packet) => goesToClient(packet) === toClient && troubles.every((since) => packet.at < since),
    );
  const bornAt = parseMicros(first.at);
  return {
    ...{ origin: '', group: client.address, client, target, legs },
    bornAt: isOpening(first) ? bornAt : Number.NEGATIVE_INFINITY,
    lastGoodAt: good === undefined ? Math.min(bornAt, failedAt) : parseMicros(good.at),
    ...{ failedAt, failure, phase, report: null, afterwards: [], silenceMs: 0, lateMs: 0 },
  };
}

/** A client tries again soon: later than this it is another story. */
const soon: Micros = 10_000_000;
const keptAttempts = 8;

/** Attempts of the same client at the same target that failed in their turn; those that went well are in no capture of troubles. */
export function withNextAttempts(lost: readonly LostConnection[]): LostConnection[] {
  const inOrder = lost.toSorted((a, b) => a.failedAt - b.failedAt);
  const pairOf = ({ group, target }: LostConnection) => `${group} ${formatEndpoint(target)}`;
  const attempts = Map.groupBy(
    inOrder.filter(({ phase, bornAt }) => phase === 'connecting' && Number.isFinite(bornAt)),
    pairOf,
  );
  for (const [pair, own] of attempts)
    attempts.set(
      pair,
      own.toSorted((a, b) => a.bornAt - b.bornAt),
    );
  return inOrder.map((loss) => {
    const afterwards = begunAfter(attempts.get(pairOf(loss)) ?? [], loss.failedAt)
      .filter(({ failedAt }) => failedAt <= loss.failedAt + soon)
      .toSorted((a, b) => a.failedAt - b.failedAt)
      .slice(0, keptAttempts)
      .map((other): NextAttempt => ({ at: formatMicros(other.failedAt), failure: other.failure }));
    return { ...loss, afterwards };
  });
}

/** So many at most are looked at: a client that dials by the hundred says no more than its first attempts do. */
const lookedAt = 64;

/** @param attempts In order of their beginnings. */
function begunAfter(attempts: readonly LostConnection[], time: Micros): readonly LostConnection[] {
  let [low, high] = [0, attempts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((attempts[middle]?.bornAt ?? 0) <= time) low = middle + 1;
    else high = middle;
  }
  return attempts.slice(low, low + lookedAt);
}
