// Connections of anybody that packets show to have ended badly. An orderly end is none, nor is a RST by a side that had all it wanted.
import { formatMicros, parseMicros, type Micros } from '../../model/clock.ts';
import { formatEndpoint } from '../../model/endpoint.ts';
import type { PacketEvent } from '../../model/node-event.ts';
import type { FailureKind, Phase } from '../../model/probe-event.ts';
import type { LostConnection, NextAttempt } from './lost-connection.ts';
import {
  isOpening,
  isSameWay,
  isSentAgain,
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
}

type Ending =
  | {
      readonly is: 'lost';
      readonly failure: FailureKind;
      readonly phase: Phase;
      readonly by: PacketEvent;
      /** The last packet while all was well; undefined for what the ending side said last. */
      readonly good?: PacketEvent | undefined;
    }
  | { readonly is: 'benign' | 'stalled' | 'alive' };

export function lostOnTheWire(
  connections: readonly WireConnection[],
  capturedUntil: CapturedUntil,
): SeenOnTheWire {
  const lost: LostConnection[] = [];
  let [benign, stalled] = [0, 0];
  for (const connection of connections) {
    const ending = endingOf(connection, capturedUntil);
    if (ending.is === 'lost') lost.push(lossOf(connection, ending));
    else if (ending.is === 'benign') benign += 1;
    else if (ending.is === 'stalled') stalled += 1;
  }
  return { lost: withNextAttempts(lost), benign, stalled };
}

function endingOf(connection: WireConnection, capturedUntil: CapturedUntil): Ending {
  const { packets } = connection;
  const ofClient = sentInVain(connection, false, capturedUntil);
  if (ofClient?.is === 'given-up') return endingInSilence(connection, ofClient);
  const ofServer = sentInVain(connection, true, capturedUntil);
  // A client that had ended it lacks nothing that the server still says.
  const lacks = ofServer !== null && !hasEnded(connection, ofServer.last);
  if (lacks && ofServer.is === 'given-up') return endingInSilence(connection, ofServer);
  const reset = packets.find(({ flags }) => flags.includes('R'));
  if (reset !== undefined) return endingByReset(connection, reset);
  return { is: ofClient?.is === 'stalled' || (lacks && ofServer.is === 'stalled') ? 'stalled' : 'alive' };
}

const endingInSilence = ({ packets }: WireConnection, { last, good }: SentInVain): Ending => ({
  ...{ is: 'lost', failure: 'timeout', by: last, good },
  phase: packets.every(({ flags }) => /[SR]/.test(flags)) ? 'connecting' : 'awaiting',
});

const hasEnded = ({ packets, goesToClient }: WireConnection, before: PacketEvent): boolean =>
  packets.some((packet) => !goesToClient(packet) && /[RF]/.test(packet.flags) && packet.at <= before.at);

function endingByReset(connection: WireConnection, by: PacketEvent): Ending {
  const { packets, goesToClient } = connection;
  const before = packets.slice(0, packets.indexOf(by));
  if (before.length === 0) return { is: 'lost', failure: 'reset', phase: 'idle', by };
  const opening = before.every(({ flags }) => flags.includes('S'));
  if (opening) {
    const answered = before.some(({ flags }) => flags.includes('S') && flags.includes('.'));
    const last = before.at(-1) ?? by;
    if (answered && wasAbandoned(by, before))
      return { is: 'lost', failure: 'timeout', phase: 'connecting', by: last, good: before[0] };
    return { is: 'lost', failure: answered ? 'reset' : 'refused', phase: 'connecting', by };
  }
  const ends = (toClient: boolean) =>
    before.some((packet) => packet.flags.includes('F') && goesToClient(packet) === toClient);
  if (ends(true) && ends(false)) return { is: 'benign' };
  const phase = phaseOf(connection, before);
  const toClient = goesToClient(by);
  // The client had its last answer and went, with a RST of a live socket in place of a FIN.
  if (!toClient && phase === 'idle' && isLive(by)) return { is: 'benign' };
  // One side had ended, and the other's RST answers what came too late: what was asked is lost, if something was.
  if (ends(true) && phase !== 'awaiting') return { is: 'benign' };
  if (ends(false) && phase === 'idle') return { is: 'benign' };
  if (wasAskedOfTheClosed(connection, before)) return { is: 'benign' };
  return { is: 'lost', failure: ends(true) ? 'closed' : 'reset', phase, by };
}

/** Whether the server had said goodbye with nothing unanswered, and the client's kernel had acknowledged that before it sent the question. */
function wasAskedOfTheClosed(connection: WireConnection, before: readonly PacketEvent[]): boolean {
  const { goesToClient } = connection;
  const index = before.findIndex((packet) => packet.flags.includes('F') && goesToClient(packet));
  const [goodbye, question] = [
    before[index],
    before.find((packet, at) => at > index && packet.payloadLength > 0 && !goesToClient(packet)),
  ];
  if (goodbye === undefined || question === undefined) return false;
  const knew = ((question.ack - goodbye.seq - goodbye.payloadLength) | 0) > 0;
  return knew && phaseOf(connection, before.slice(0, index)) === 'idle';
}

/**
 * Whether an opening was given up before its answer came, which met no socket, while either was sent again: packets had vanished. The
 * RST goes where the opening went, so the answer came as it should, and only late.
 */
function wasAbandoned(reset: PacketEvent, before: readonly PacketEvent[]): boolean {
  const opening = before.find((packet) => isOpening(packet) && isSamePlace(packet, reset));
  return reset.flags === 'R' && opening !== undefined && isSameWay(opening, reset) && isSentAgain(before);
}

const isSamePlace = (a: PacketEvent, b: PacketEvent) => a.node === b.node && a.interface === b.interface;

const isLive = ({ flags, window, hasTimestampOption }: PacketEvent) =>
  flags.includes('.') && (hasTimestampOption === true || window > 0);

/** Whether the client waited for an answer: the last data was its own. */
function phaseOf({ goesToClient }: WireConnection, before: readonly PacketEvent[]): Phase {
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
    ...{ failedAt, failure, phase, report: null, afterwards: [], silenceMs: 0 },
  };
}

/** A client tries again soon: later than this it is another story. */
const soon: Micros = 10_000_000;
const keptAttempts = 8;

/** Attempts of the same client at the same target that failed in their turn; those that went well are in no capture of troubles. */
function withNextAttempts(lost: readonly LostConnection[]): LostConnection[] {
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
