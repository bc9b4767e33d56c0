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

export function lostOnTheWire(connections: readonly WireConnection[]): SeenOnTheWire {
  const lost: LostConnection[] = [];
  let [benign, stalled] = [0, 0];
  for (const connection of connections) {
    const ending = endingOf(connection);
    if (ending.is === 'lost') lost.push(lossOf(connection, ending));
    else if (ending.is === 'benign') benign += 1;
    else if (ending.is === 'stalled') stalled += 1;
  }
  return { lost: withNextAttempts(lost), benign, stalled };
}

function endingOf(connection: WireConnection): Ending {
  const { packets } = connection;
  const reset = packets.find(({ flags }) => flags.includes('R'));
  if (reset !== undefined) return endingByReset(connection, reset);
  return endingInSilence(connection);
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
  flags.includes('.') && (hasTimestampOption || window > 0);

/** Whether the client waited for an answer: the last data was its own. */
function phaseOf({ goesToClient }: WireConnection, before: readonly PacketEvent[]): Phase {
  const last = before.findLast(({ payloadLength }) => payloadLength > 0);
  if (last === undefined) return 'idle';
  return goesToClient(last) ? 'idle' : 'awaiting';
}

/** So many repetitions without anything back are silence. */
const enoughRepetitions = 3;

function endingInSilence({ packets, goesToClient }: WireConnection): Ending {
  const repeated = packets.filter(
    (packet) => packet.retransmission || (isOpening(packet) && countOf(packets, packet) > 1),
  );
  const last = repeated.at(-1);
  if (last === undefined) return { is: 'alive' };
  const toClient = goesToClient(last);
  const answer = packets.findLast((packet) => goesToClient(packet) !== toClient);
  const unanswered = repeated.filter(
    (packet) =>
      goesToClient(packet) === toClient &&
      packet.interface === last.interface &&
      packet.node === last.node &&
      (answer === undefined || packet.at > answer.at),
  );
  if (unanswered.length < enoughRepetitions) return { is: 'alive' };
  if (!packets.every(isOpening)) return { is: 'stalled' };
  return { is: 'lost', failure: 'timeout', phase: 'connecting', by: last };
}

const isOpening = ({ flags }: PacketEvent) => flags.includes('S') && !flags.includes('.');

const countOf = (packets: readonly PacketEvent[], one: PacketEvent) =>
  packets.filter(
    (packet) => packet.seq === one.seq && packet.node === one.node && packet.interface === one.interface,
  ).length;

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
