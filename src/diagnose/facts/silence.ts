// What a silence at the end was: whether anything was sent again in it, how long nothing was said before, and who may have gone
// unseen. Who stands on one side of a hole sees only what comes through it.
import { parseMicros, type Micros } from '../../model/clock.ts';
import type { PacketEvent } from '../../model/node-event.ts';
import { initialTtls } from '../connections/packet-index.ts';
import { isOpening, isSameWay } from '../connections/another-opening.ts';
import { destroyedAt } from '../connections/destroyed-at.ts';
import { openedAgain, soonestRepetition } from '../connections/sent-in-vain.ts';
import type { Story } from '../connections/story.ts';
import type { Wanted } from '../witness-words.ts';
import { takesData } from './data-captured.ts';
import { asEvidence, captureGap, no, notSeen, unknown, yes, type Fact, type Look } from './fact.ts';
import { kernelGap } from './kernel-gap.ts';

/** No kernel repeats an opening sooner: TCP_TIMEOUT_INIT. */
const soonestOpening: Micros = 1_000_000;

/** Conntrack counts in whole seconds; less what two places see a packet apart. */
const shortestTimeout: Micros = 900_000;

/** The same data or SYN was sent again and again, by either side. */
export const sentAgain: Look = (story) => {
  const gap = captureGap(story);
  const told = story.kernel.events.filter(({ tracepoint }) => tracepoint === 'retransmit');
  const [first, second] = told;
  // One may have been a probe for the tail of what was sent, which was answered.
  if (first !== undefined && (gap !== null || second !== undefined)) return yes(...told.map(asEvidence));
  if (gap !== null) return unknown(gap);
  const again = story.packets.find((packet) => packet.retransmission) ?? openedAgain(story.packets);
  if (again !== undefined) return yes(asEvidence(again));
  if (story.packets.every(({ flags }) => flags.includes('R'))) return unknown('rest-of-connection');
  const { phase, bornAt, lastGoodAt, failedAt } = story.lost;
  // Who gives up within the second in which its kernel would have asked once more leaves nothing to see.
  if (phase === 'connecting' && failedAt - bornAt < soonestOpening) return unknown(null);
  if (!watches(story, false)) return unknown('capture-at-client');
  if (!watches(story, true)) return unknown('capture-at-server');
  // Without its data a capture shows no repetition of it; the kernels of both ends would have told of one.
  const hasAll = phase === 'connecting' || [false, true].every((server) => watchesData(story, server));
  const kernelsTell =
    first === undefined &&
    (['client', 'server'] as const).every((side) => kernelGap(story, side, lastGoodAt) === null);
  return hasAll || kernelsTell ? notSeen(story, 'capture') : unknown('captured-data');
};

/** Whether the capture has that side's packets before any router passed them on: what it sends cannot be lost before. */
const watches = (story: Story, server: boolean): boolean => freshOf(story, server).length > 0;

/** And takes data there. */
const watchesData = (story: Story, server: boolean): boolean =>
  freshOf(story, server).some(({ node }) => takesData(story.nodes, node));

const freshOf = ({ packets, goesToClient }: Story, server: boolean): readonly PacketEvent[] =>
  packets.filter(
    (packet) => goesToClient(packet) === server && !packet.flags.includes('R') && initialTtls.has(packet.ttl),
  );

/**
 * Nothing had been said for as long as the shortest life of a conntrack entry before what was answered with a RST, or not at all. Not
 * so where the other side was heard just before: its words had passed everything between.
 */
export const hadBeenIdle: Look = (story) => {
  const gap = captureGap(story);
  if (gap !== null) return heardBySocket(story, gap);
  const { packets, goesToClient } = story;
  const trigger = triggerOf(story);
  if (trigger === undefined || (story.lost.phase !== 'connecting' && !takesData(story.nodes, trigger.node)))
    return heardBySocket(story, trigger === undefined ? 'rest-of-connection' : 'captured-data');
  const before = packets.filter(
    (packet) =>
      packet.at < trigger.at && packet.node === trigger.node && packet.interface === trigger.interface,
  );
  if (before.length === 0 && wasThereBefore(trigger, story)) return yes(asEvidence(trigger));
  const heard = before.findLast((packet) => goesToClient(packet) !== goesToClient(trigger));
  const said = before.at(-1);
  if (heard === undefined || said === undefined) return unknown('rest-of-connection');
  if (lag(heard, trigger) < shortestTimeout) return no();
  return lag(said, trigger) >= shortestTimeout ? yes(asEvidence(said), asEvidence(trigger)) : unknown(null);
};

/**
 * What is kept of a connection goes back further than the shortest silence that counts: nothing of one that there was before, where the
 * capture ran and lost nothing, is a silence.
 */
function wasThereBefore({ at, node }: PacketEvent, story: Story): boolean {
  const { lost, packets, nodes } = story;
  const since = parseMicros(at) - shortestTimeout;
  return (
    lost.phase !== 'connecting' &&
    lost.bornAt <= since &&
    !packets.some(({ flags }) => flags.includes('S')) &&
    nodes.firstHeard('capture', node) <= since &&
    !nodes.missed('capture', node, since, parseMicros(at)) &&
    !story.lostSome('capture')
  );
}

/**
 * What an end's socket knew: that it had received data within that time before it first sent in vain, or before the loss where it did
 * not send again. Of a longer silence it tells only the part after what it sent last.
 */
function heardBySocket({ kernel, lost, slack }: Story, missing: Wanted): Fact {
  // A program that had an answer that shortly before it was told of the loss knows it, too, by one clock.
  const hadAnswer = lost.report !== null && lost.phase !== 'connecting';
  if (hadAnswer && lost.failedAt - lost.lastGoodAt < shortestTimeout) return no();
  for (const socket of kernel.sockets) {
    if (socket.change !== 'destroyed' || socket.lastReceivedMs === null) continue;
    const endedAt = destroyedAt(socket, kernel.events) ?? parseMicros(socket.at);
    const heardAt = endedAt - socket.lastReceivedMs * 1_000;
    const again = kernel.events.find(
      (event) =>
        event.tracepoint === 'retransmit' &&
        event.node === socket.node &&
        event.tuple.src === socket.tuple.src &&
        event.tuple.sport === socket.tuple.sport,
    );
    const sentBy = again === undefined ? lost.failedAt : parseMicros(again.at);
    if (heardAt <= sentBy + slack && sentBy - heardAt < shortestTimeout) return no(asEvidence(socket));
  }
  return unknown(missing);
}

/** What the silence, or the RST, was the answer to: where that was first seen. */
function triggerOf({ packets, resets, goesToClient, lost }: Story): PacketEvent | undefined {
  const [reset] = resets;
  const provoked =
    reset === undefined || lost.failure === 'timeout'
      ? packets.findLast(({ retransmission }) => retransmission)
      : packets.findLast(
          (packet) =>
            packet.at <= reset.at &&
            packet.node === reset.node &&
            packet.interface === reset.interface &&
            !packet.flags.includes('R') &&
            goesToClient(packet) !== goesToClient(reset),
        );
  if (provoked === undefined) return undefined;
  const { seq, payloadLength } = provoked;
  return packets.find(
    (packet) =>
      packet.seq === seq &&
      packet.payloadLength > 0 === payloadLength > 0 &&
      goesToClient(packet) === goesToClient(provoked),
  );
}

/**
 * The client may have gone before its RST, without a word that came as far as here: the RST has the form of one without a reader, and
 * for longer than a kernel waits before it repeats nothing showed that the client had heard the server. Where the client's own packets
 * are seen before they pass a router, its repetitions and its FIN would have been, too, or its kernel would have told of them; of an
 * attempt to connect there is neither.
 */
export function mayHaveGoneUnseen(story: Story): boolean {
  const [reset] = story.resets;
  const { lost, goesToClient, packets } = story;
  if (lost.report !== null || lost.failure !== 'reset' || reset === undefined) return false;
  if (goesToClient(reset) || reset.flags !== 'R') return false;
  const here = packets.filter(
    (packet) => packet.at < reset.at && packet.node === reset.node && packet.interface === reset.interface,
  );
  const said = here.filter((packet) => !goesToClient(packet));
  const resetAt = parseMicros(reset.at);
  if (lost.phase === 'connecting') {
    const [opening, answer] = [said.find(isOpening), here.findLast(goesToClient)];
    return opening !== undefined && answer !== undefined && lag(opening, answer) >= soonestRepetition;
  }
  // What it says at its end waits for room in the server's window, which it has asked for in vain.
  if (asksForRoom(said) || hasNoRoom(here, said)) return true;
  const { events, sideOf } = story.kernel;
  const hasRepeated = events.some(
    (event) =>
      event.tracepoint === 'retransmit' && sideOf(event) === 'client' && parseMicros(event.at) < resetAt,
  );
  const isToldByKernel =
    watches(story, false) && kernelGap(story, 'client', lost.lastGoodAt) === null && !hasRepeated;
  if (watchesData(story, false) || isToldByKernel) return false;
  // Nor does the server's socket tell: what it received last may have been said again after a silence.
  if (!takesData(story.nodes, reset.node)) return true;
  const alive = lastHeardAlive(here, said);
  if (alive === undefined) return said.length > 0;
  // Where what it had said before did not come, its FIN need not have come either.
  return alive.missesWords || lag(alive.packet, reset) >= soonestRepetition;
}

/** The last word of the client's by which it had heard something new, and that can only have been said when it came. */
function lastHeardAlive(
  here: readonly PacketEvent[],
  said: readonly PacketEvent[],
): { readonly packet: PacketEvent; readonly missesWords: boolean } | undefined {
  let heard: ReturnType<typeof lastHeardAlive>;
  let before: PacketEvent | undefined;
  let [end, acknowledged]: (number | undefined)[] = [];
  for (const packet of said) {
    const isNews = acknowledged === undefined || ((packet.ack - acknowledged) | 0) > 0;
    if (packet.flags.includes('.') && isNews) {
      acknowledged = packet.ack;
      const missesWords = end !== undefined && ((packet.seq - end) | 0) > 0;
      if (!mayBeOld(packet, before, end, here)) heard = { packet, missesWords };
    }
    const own = packet.seq + packet.payloadLength + (isOpening(packet) ? 1 : 0);
    // The number of a bare acknowledgement says what was sent, not what came.
    if (end === undefined || (packet.payloadLength > 0 && ((own - end) | 0) > 0)) end = own;
    before = packet;
  }
  return heard;
}

/**
 * Nothing is known from before, or the other side had waited for it, and said something again meanwhile: it may have been said in that
 * time, again and again, and tells of what the client had heard while it was there. So does an acknowledgement whose number is beyond all
 * that came here: a kernel that says again, or waits to say goodbye, acknowledges what had come before, once more.
 */
function mayBeOld(
  packet: PacketEvent,
  before: PacketEvent | undefined,
  end: number | undefined,
  here: readonly PacketEvent[],
): boolean {
  if (before === undefined || end === undefined) return packet.payloadLength > 0;
  if (packet.payloadLength === 0 && ((packet.seq - end) | 0) <= 0) return false;
  return (
    lag(before, packet) >= soonestRepetition &&
    here.some(
      (one) => one.retransmission && !isSameWay(one, packet) && one.at > before.at && one.at < packet.at,
    )
  );
}

/** So many in a row are no single packet that came out of its order. */
const enoughProbes = 2;

/** The last that was said is a probe of a shut window, or of a silent peer: of no length, and one number short of what was said before. */
function asksForRoom(said: readonly PacketEvent[]): boolean {
  const probes = said.slice(-enoughProbes);
  const [probe] = probes;
  if (probe === undefined || probes.length < enoughProbes) return false;
  const isBefore = (one: PacketEvent) => ((one.seq + one.payloadLength - probe.seq) | 0) === 1;
  return (
    probes.every(({ seq, payloadLength }) => payloadLength === 0 && seq === probe.seq) &&
    said.some((one) => one.payloadLength > 0 && isBefore(one))
  );
}

/** It has asked for room in a window that was shut still when it was last heard: the server may have spoken on, and it has answered that. */
function hasNoRoom(here: readonly PacketEvent[], said: readonly PacketEvent[]): boolean {
  const word = said.findLast(({ payloadLength }) => payloadLength > 0);
  const last = said.at(-1);
  if (word === undefined || last === undefined) return false;
  const isProbe = ({ at, seq, payloadLength }: PacketEvent) =>
    at > word.at && payloadLength === 0 && ((word.seq + word.payloadLength - seq) | 0) === 1;
  const heard = here.findLast((packet) => packet.at <= last.at && !isSameWay(packet, last));
  return said.some(isProbe) && heard?.window === 0;
}

const lag = (from: PacketEvent, to: PacketEvent): Micros => parseMicros(to.at) - parseMicros(from.at);
