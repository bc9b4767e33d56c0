// What one side sent again and again without an answer, and whether it gave up: told by what passed where its own packets begin,
// for of what was seen elsewhere it need not have heard.
import { parseMicros, type Micros } from '../../model/clock.ts';
import type { PacketEvent } from '../../model/node-event.ts';
import { isOpening, isSameWay } from './another-opening.ts';
import { isSamePlace } from './packet-index.ts';
import type { WireConnection } from './wire-connections.ts';

export interface SentInVain {
  /** `alive`: too little was sent again, or too shortly before the end of the evidence, to tell. */
  readonly is: 'given-up' | 'stalled' | 'alive';
  /** When it was sent again for the first time, and the last that was. */
  readonly againSince: string;
  readonly last: PacketEvent;
  /** What was last heard of the other side before any of it was sent; undefined when nothing was. */
  readonly good: PacketEvent | undefined;
}

/**
 * How far what was captured of a node can be trusted to be whole: when it ended, how many packets it lost till then (Infinity when
 * nobody counted), and for how long it has a connection's packets after one that was sent again.
 */
export type CapturedUntil = (node: string) => {
  readonly until: Micros;
  readonly lost: number;
  readonly keptFor: Micros;
};

/** So many repetitions without anything back are silence, where nothing else says that it was given up. */
const enoughRepetitions = 3;

/** One repetition is soon made (a probe for the tail of what was sent); two take more than half a second. */
const enoughToBeLate = 2;

/** A FIN that waited for what was sent to be acknowledged follows the acknowledgement within: microseconds. */
const atOnce: Micros = 20_000;

/** No kernel of Linux sends again on time-out sooner: TCP_RTO_MIN. A probe for the tail of what was sent comes sooner, once. */
export const soonestRepetition: Micros = 200_000;

/** The next repetition comes after twice the time of the last one, or sooner; half as much again it may be late. */
const patience = 1.5;

/**
 * Null when all that the side sent again was answered, or none was. Who closes while something is unanswered says so only when it is
 * answered (the FIN waits for a place in the window, which time-outs close), and goes on sending it again till then.
 */
export function sentInVain(
  connection: WireConnection,
  toClient: boolean,
  capturedUntil: CapturedUntil,
): SentInVain | null {
  const again = sentAgainBy(connection, toClient);
  if (again === null) return null;
  const { here, said, heard, end, last, sent, repetitions, good, answer, againSince } = again;
  const isLong = repetitions >= enoughToBeLate;
  if (end !== undefined && (answer === undefined || end.at < answer.at))
    return { is: 'given-up', againSince, last, good };
  if (answer !== undefined)
    return isLong && cameTooLate(answer, end, last, here) ? { is: 'given-up', againSince, last, good } : null;
  const otherEnd = heard.find(isEnd);
  const { until, lost, keptFor } = capturedUntil(last.node);
  const gap = lag(sent.at(-2) ?? last, last);
  const horizon = Math.min(until, otherEnd === undefined ? Infinity : parseMicros(otherEnd.at));
  const missing =
    gap > 0 ? repetitionsDue(horizon - parseMicros(last.at), Math.max(gap, soonestRepetition)) : 0;
  // The time before a single repetition may be that of a probe for the tail, which says nothing of the next; where nothing of the
  // other side passes, its answers may have come another way; and what it said by itself before the next was due must have been kept.
  const tells = isOpening(last) || (isLong && heard.length > 0 && 2 * gap <= keptFor);
  // A capture that lost fewer than did not come would have had some of them.
  if (missing > lost && tells && said.at(-1) === last) return { is: 'given-up', againSince, last, good };
  if (otherEnd !== undefined) return null;
  return {
    is: missing > 0 || repetitions >= enoughRepetitions ? 'stalled' : 'alive',
    againSince,
    last,
    good,
  };
}

/**
 * What the server had said again and again of an answer when the client went without it, having acknowledged none of it: it had waited
 * for what vanished. Undefined for a client that had asked for nothing, or went too soon to tell.
 */
export function leftInVain(connection: WireConnection): SentInVain | undefined {
  const { packets, goesToClient } = connection;
  const goodbye = packets.find((packet) => isEnd(packet) && !goesToClient(packet));
  if (goodbye === undefined) return undefined;
  const before = packets.slice(0, packets.indexOf(goodbye));
  // It had gone when a RST came to it, and only answers what is still said.
  const isReset = (packet: PacketEvent) => packet.flags.includes('R') && goesToClient(packet);
  if (before.some((packet) => isReset(packet) && isSamePlace(packet, goodbye))) return undefined;
  const again = sentAgainBy({ ...connection, packets: before }, true);
  if (again === null || again.end !== undefined || again.answer !== undefined) return undefined;
  const { first, last, good, repetitions, againSince } = again;
  const hasAsked = before.some((one) => one.payloadLength > 0 && !goesToClient(one) && one.at < first.at);
  if (!hasAsked || repetitions < enoughToBeLate || acknowledges(goodbye, last)) return undefined;
  return { is: 'given-up', againSince, last, good };
}

/** Since when the side had no answer to what it sent again; undefined where it had all, or sent nothing again. */
export function unansweredSince(connection: WireConnection, toClient: boolean): string | undefined {
  const again = sentAgainBy(connection, toClient);
  return again?.answer === undefined ? again?.first.at : undefined;
}

/** What the side last sent again before it ended the connection, and what it was told, each as it passed where its packets begin. */
function sentAgainBy({ packets, goesToClient }: WireConnection, toClient: boolean) {
  const isRepetition = repetitionsIn(packets);
  const isOwn = (packet: PacketEvent) => goesToClient(packet) === toClient;
  const home = nearest(packets.filter((packet) => isOwn(packet) && isRepetition(packet)));
  if (home === null) return null;
  const here = packets.filter((packet) => passes(home, packet, isOwn(packet)));
  const said = here.filter(isOwn);
  // The RST of a kernel that was asked in another name, as by an answer that was not translated, does not end what the side sent.
  const end = said.find((packet) => isEnd(packet) && isSameWay(packet, home));
  const last = said.findLast((packet) => isRepetition(packet) && (end === undefined || packet.at <= end.at));
  if (last === undefined) return null;
  const sent = said.filter(({ seq, at, ...one }) => seq === last.seq && at <= last.at && carries(one));
  const heard = here.filter((packet) => !isOwn(packet));
  const [first = last] = sent;
  return {
    ...{ here, said, heard, end, last, first, sent },
    repetitions: sent.filter(isRepetition).length,
    againSince: (sent.find(isRepetition) ?? last).at,
    good: heard.findLast(({ at }) => at <= first.at),
    // What came before it was sent once more did not arrive, unless the two passed each other.
    answer: heard.find((packet) => acknowledges(packet, last) && lag(last, packet) > -soonestRepetition),
  };
}

/**
 * Who had gone by the time that the answer came acknowledges none of it: it meets data with the RST of a kernel that has no reader for
 * it, and an acknowledgement with the FIN that has waited for one.
 */
function cameTooLate(
  answer: PacketEvent,
  end: PacketEvent | undefined,
  last: PacketEvent,
  here: readonly PacketEvent[],
): boolean {
  if (end === undefined) return false;
  const between = here.filter(({ at }) => at > last.at && at < end.at);
  if (between.some(({ tuple }) => tuple.src === end.tuple.src && tuple.sport === end.tuple.sport))
    return false;
  if (end.flags === 'R') return true;
  return (
    end.flags.includes('F') &&
    lag(answer, end) < atOnce &&
    between.every((packet) => packet.payloadLength === 0)
  );
}

/** How many more repetitions would have come within `time`, each after twice the time of the one before. */
function repetitionsDue(time: Micros, gap: Micros): number {
  let due = 0;
  for (let [next, at] = [2 * gap, 2 * gap]; patience * at < time; next *= 2, at += next) due += 1;
  return due;
}

/** The sighting of a packet that has most hops before it, and so is nearest to its sender; the first of several. */
const nearest = (packets: readonly PacketEvent[]): PacketEvent | null =>
  packets.reduce<PacketEvent | null>((best, one) => (best === null || one.ttl > best.ttl ? one : best), null);

/** Whether a packet passes the place of `home` the same way, if it is of the same side, or comes the other way. */
function passes(home: PacketEvent, packet: PacketEvent, isOwn: boolean): boolean {
  if (packet.node !== home.node || packet.interface !== home.interface) return false;
  return home.direction === 'unknown' || (packet.direction === home.direction) === isOwn;
}

const lag = (from: PacketEvent, to: PacketEvent): Micros => parseMicros(to.at) - parseMicros(from.at);

const isEnd = ({ flags }: PacketEvent): boolean => /[RF]/.test(flags);
const carries = (packet: Pick<PacketEvent, 'payloadLength' | 'flags'>): boolean =>
  packet.payloadLength > 0 || isOpening(packet);

/** Numbers begin anew after 2^32. */
const acknowledges = ({ flags, ack }: PacketEvent, { seq }: PacketEvent): boolean =>
  flags.includes('.') && !flags.includes('R') && ((ack - seq) | 0) > 0;

function repetitionsIn(packets: readonly PacketEvent[]): (packet: PacketEvent) => boolean {
  const firstAt = new Map<string, string>();
  const openingKey = ({ seq, node, interface: name }: PacketEvent) => `${seq} ${node} ${name}`;
  for (const packet of packets) {
    if (isOpening(packet) && !firstAt.has(openingKey(packet))) firstAt.set(openingKey(packet), packet.at);
  }
  return (packet) =>
    packet.retransmission ||
    (isOpening(packet) && (firstAt.get(openingKey(packet)) ?? packet.at) < packet.at);
}

/** Whether an opening, or its answer, passed some place twice, further apart than one packet that was captured twice. */
export const isSentAgain = (packets: readonly PacketEvent[]): boolean => openedAgain(packets) !== undefined;

/** The first opening, or answer to one, that was sent again. */
export function openedAgain(packets: readonly PacketEvent[]): PacketEvent | undefined {
  const firsts = new Map<string, PacketEvent>();
  return packets.find((packet) => {
    if (!packet.flags.includes('S')) return false;
    const key = `${packet.node} ${packet.interface} ${packet.flags} ${packet.seq}`;
    const first = firsts.get(key);
    if (first === undefined) firsts.set(key, packet);
    return first !== undefined && lag(first, packet) >= soonestRepetition;
  });
}
