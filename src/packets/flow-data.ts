// What one connection said lastly, gathered from a ring that is read from its end: the packets around a moment, and of whoever was silent
// then the last that it had said before.
import type { CapturedPacket } from './captured-packet.ts';
import { createRetransmissionCounter } from './retransmissions.ts';
import { tcpFlags } from './tcp-packet.ts';
import { createUnansweredQuestions } from './unanswered-questions.ts';
import type { Way } from './way.ts';

type RingPacket = Omit<CapturedPacket, 'seenBefore'>;

export interface FlowData {
  /** An older piece begins: what is added from now on was before all the rest. */
  before(): void;
  /** In the order in which they passed. */
  add(packet: RingPacket): void;
  /** Whether what is older than that moment need not be read; microseconds. */
  isEnough(readFrom: number): boolean;
  /** What is to be told of it: none that opens, ends or resets a connection, since those are told by others, and none up to `after`. */
  take(after: number): ToldData;
}

interface ToldData {
  readonly packets: readonly CapturedPacket[];
  /** As packets have it; null where there is none. */
  readonly flow: string | null;
  /** When a FIN left a question unanswered; null where none did. */
  readonly endsUnanswered: number | null;
}

/** As much as a capture keeps that reads all. */
const beforeMicros = 5_000_000;
const most = 600;

/** @param ports Those of servers. @param at The moment of its trouble, microseconds since the epoch. */
export function createFlowData(ports: ReadonlySet<number>, at: number): FlowData {
  let newer: RingPacket[] = [];
  let piece: RingPacket[] = [];
  const telling = new Set<Way>();
  let hasBegun = false;

  const join = () => {
    if (piece.length === 0) return;
    newer = [...piece, ...newer].slice(-most);
    piece = [];
  };

  return {
    before: join,
    add(packet) {
      const { flags, way, payloadLength } = packet.tcp;
      if (payloadLength > 0) telling.add(way);
      if ((flags & tcpFlags.syn) !== 0) hasBegun = true;
      piece.push(packet);
      if (piece.length > 2 * most) piece = piece.slice(-most);
    },
    isEnough(readFrom) {
      if (newer.length + piece.length >= most) return true;
      return readFrom <= at - beforeMicros && (hasBegun || telling.size > 1);
    },
    take(after) {
      join();
      if (newer.length === 0) return { packets: [], flow: null, endsUnanswered: null };
      const retransmissions = createRetransmissionCounter();
      const questions = createUnansweredQuestions(ports);
      let endsUnanswered: number | null = null;
      const all = newer.filter(isNew()).map((packet): CapturedPacket => {
        const seenBefore = retransmissions.seenBefore(packet.at, packet.link, packet.tcp);
        const known = { ...packet, seenBefore };
        if (questions.endsUnanswered(known)) endsUnanswered = packet.at;
        return known;
      });
      const near = (packet: CapturedPacket) => packet.at >= at - beforeMicros;
      const wanted = new Set(all.filter(near));
      for (const way of telling) for (const packet of lastOf(all, way)) wanted.add(packet);
      return {
        packets: all.filter((packet) => wanted.has(packet) && packet.at > after && !isTold(packet)),
        flow: all[0]?.flow ?? null,
        endsUnanswered,
      };
    },
  };
}

/**
 * Whether a packet was not there before. Whoever writes the ring has a signal handler flush it, as tcpdump does, which may have come in
 * the midst of writing: then what was flushed is written once more.
 */
function isNew(): (packet: RingPacket) => boolean {
  const seen = new Set<string>();
  return ({ record }) => {
    const { size } = seen;
    return seen.add(record.toString('latin1')).size > size;
  };
}

/** Others tell of these. */
const isTold = ({ tcp: { flags } }: CapturedPacket): boolean =>
  (flags & (tcpFlags.syn | tcpFlags.fin | tcpFlags.rst)) !== 0;

/** The last data of one side, as often as it was captured on its way. */
function lastOf(all: readonly CapturedPacket[], way: Way): readonly CapturedPacket[] {
  const own = all.filter(({ tcp }) => tcp.way === way && tcp.payloadLength > 0);
  const last = own.at(-1);
  return own.filter(({ tcp }) => tcp.seq === last?.tcp.seq && tcp.payloadLength === last.tcp.payloadLength);
}
