// Connections of anybody that packets show to have ended badly. An orderly end is none, nor is a RST by a side that had all it wanted.
import { formatMicros, parseMicros, type Micros } from '../../model/clock.ts';
import { formatEndpoint } from '../../model/endpoint.ts';
import type { PacketEvent } from '../../model/node-event.ts';
import type { FailureKind, Phase } from '../../model/probe-event.ts';
import type { LostConnection, NextAttempt } from './lost-connection.ts';
import type { WireConnection } from './wire-connections.ts';

export interface SeenOnTheWire {
  readonly lost: readonly LostConnection[];
  /** Ended by a RST that nobody missed anything by: told, and not counted. */
  readonly benign: number;
  /** Sent again and again without an answer to the end of what was captured: perhaps lost, perhaps not. */
  readonly stalled: number;
}

type Ending =
  | { readonly is: 'lost'; readonly failure: FailureKind; readonly phase: Phase; readonly by: PacketEvent }
  | { readonly is: 'benign' | 'stalled' | 'alive' };

/** @param until When the captures ended: what was silent by then may have gone on. */
export function lostOnTheWire(connections: readonly WireConnection[], until: Micros): SeenOnTheWire {
  const lost: LostConnection[] = [];
  let [benign, stalled] = [0, 0];
  for (const connection of connections) {
    const ending = endingOf(connection, until);
    if (ending.is === 'lost') lost.push(lossOf(connection, ending));
    else if (ending.is === 'benign') benign += 1;
    else if (ending.is === 'stalled') stalled += 1;
  }
  return { lost: withNextAttempts(lost), benign, stalled };
}

function endingOf(connection: WireConnection, until: Micros): Ending {
  const { packets } = connection;
  const reset = packets.find(({ flags }) => flags.includes('R'));
  const end = packets.find(({ flags }) => /[RF]/.test(flags));
  const silence = silenceBefore(connection, end);
  if (silence !== null) return endingInSilence(connection, silence, end, until);
  return reset === undefined ? { is: 'alive' } : endingByReset(connection, reset);
}

function endingByReset(connection: WireConnection, by: PacketEvent): Ending {
  const { packets, goesToClient } = connection;
  const before = packets.slice(0, packets.indexOf(by));
  if (before.length === 0) return { is: 'lost', failure: 'reset', phase: 'idle', by };
  const opening = before.every(({ flags }) => flags.includes('S'));
  if (opening) {
    const answered = before.some(({ flags }) => flags.includes('S') && flags.includes('.'));
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
  return { is: 'lost', failure: ends(true) ? 'closed' : 'reset', phase, by };
}

const isLive = ({ flags, window, hasTimestampOption }: PacketEvent) =>
  flags.includes('.') && (hasTimestampOption === true || window > 0);

/** Whether the client waited for an answer: the last data was its own. */
function phaseOf({ goesToClient }: WireConnection, before: readonly PacketEvent[]): Phase {
  const last = before.findLast(({ payloadLength }) => payloadLength > 0);
  if (last === undefined) return 'idle';
  return goesToClient(last) ? 'idle' : 'awaiting';
}

interface Silence {
  /** Repetitions that nothing came back for, each once. */
  readonly repetitions: number;
  readonly last: PacketEvent;
}

/** What one side sent again and again to the end, or until it ended the connection itself; null when it was answered. */
function silenceBefore(
  { packets, goesToClient }: WireConnection,
  end: PacketEvent | undefined,
): Silence | null {
  const before = end === undefined ? packets : packets.slice(0, packets.indexOf(end));
  const last = before.findLast(isRepetition(before));
  if (last === undefined) return null;
  const toClient = goesToClient(last);
  // Who was silent ended it: that is an answer.
  if (end !== undefined && goesToClient(end) !== toClient) return null;
  // Who had gone by the time that the answer came meets it with the RST of a kernel without a socket: it came too late.
  const sentAgain =
    before.filter((packet) => packet.seq === last.seq && isSamePlace(packet, last)).length - 1;
  const tooLate = end !== undefined && end.flags === 'R' && sentAgain >= enoughToBeLate;
  const answer = before.findLast(
    (packet) => goesToClient(packet) !== toClient && !(tooLate && packet.at > last.at),
  );
  const unanswered = before.filter(
    (packet) =>
      goesToClient(packet) === toClient &&
      isSamePlace(packet, last) &&
      (answer === undefined || packet.at > answer.at),
  );
  const repetitions = unanswered.filter(isRepetition(before)).length;
  return repetitions === 0 ? null : { repetitions, last };
}

const isSamePlace = (a: PacketEvent, b: PacketEvent) => a.node === b.node && a.interface === b.interface;

/** One repetition is soon made (a probe for the tail of what was sent); two take more than half a second. */
const enoughToBeLate = 2;

function isRepetition(packets: readonly PacketEvent[]): (packet: PacketEvent) => boolean {
  return (packet) =>
    packet.retransmission ||
    (isOpening(packet) &&
      packets.some(
        (other) => other.seq === packet.seq && isSamePlace(other, packet) && other.at < packet.at,
      ));
}

/** So many repetitions without anything back are silence, where nothing else says that it was given up. */
const enoughRepetitions = 3;

function endingInSilence(
  { packets }: WireConnection,
  { repetitions, last }: Silence,
  end: PacketEvent | undefined,
  until: Micros,
): Ending {
  const connecting = packets.every(isOpening);
  const phase = connecting ? 'connecting' : 'awaiting';
  if (end !== undefined) return { is: 'lost', failure: 'timeout', phase, by: last };
  // The next repetition would have come after twice the time of the last one, had it not been given up.
  const own = packets.filter((packet) => packet.seq === last.seq && isSamePlace(packet, last));
  const gap = parseMicros(last.at) - parseMicros(own.at(-2)?.at ?? last.at);
  const givenUp = gap > 0 && until - parseMicros(last.at) > 3 * gap;
  if (connecting && givenUp) return { is: 'lost', failure: 'timeout', phase, by: last };
  return { is: repetitions >= enoughRepetitions || givenUp ? 'stalled' : 'alive' };
}

const isOpening = ({ flags }: PacketEvent) => flags.includes('S') && !flags.includes('.');

function lossOf(
  { packets, client, target, legs, goesToClient }: WireConnection,
  { failure, phase, by }: Extract<Ending, { is: 'lost' }>,
): LostConnection {
  const failedAt = parseMicros(by.at);
  const first = packets[0] ?? by;
  const toClient = goesToClient(by);
  const before = packets.slice(0, packets.indexOf(by));
  // What the ending side last said while all was well.
  const good = before.findLast((packet) => goesToClient(packet) === toClient);
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
  const byPair = Map.groupBy(inOrder, ({ group, target }) => `${group} ${formatEndpoint(target)}`);
  return inOrder.map((loss) => {
    const others = byPair.get(`${loss.group} ${formatEndpoint(loss.target)}`) ?? [];
    const afterwards = others
      .slice(others.indexOf(loss) + 1)
      .filter(
        (other) =>
          other.phase === 'connecting' &&
          other.bornAt > loss.failedAt &&
          other.failedAt <= loss.failedAt + soon,
      )
      .slice(0, keptAttempts)
      .map((other): NextAttempt => ({ at: formatMicros(other.failedAt), failure: other.failure }));
    return { ...loss, afterwards };
  });
}
