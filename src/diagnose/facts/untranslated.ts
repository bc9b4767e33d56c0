// What passed a node without being translated back: whether the client's side answered it, with a RST for an address that it never
// dialled, and what lets a packet pass so. Conntrack leaves alone what it judges INVALID; all else that it leaves alone never came to it.
import { parseMicros, type Micros } from '../../model/clock.ts';
import { formatEndpoint } from '../../model/endpoint.ts';
import type { PacketEvent } from '../../model/node-event.ts';
import { wireIdentity } from '../connections/clock-offsets.ts';
import { hasComeIn, initialTtls } from '../connections/packet-index.ts';
import type { NodeTimeline } from '../connections/node-timeline.ts';
import type { Story } from '../connections/story.ts';
import { between } from '../connections/time-range.ts';
import { invalidRose } from './counters.ts';
import { asEvidence, captureGap, conclusion, no, notSeen, seenIf, unknown, yes, type Look } from './fact.ts';
import { clientAnsweredUntranslated } from './reset-way.ts';

/** None is known to have come so, be it that nobody could look. */
export const noUntranslatedKnown: Look = (story) => seenIf(clientAnsweredUntranslated(story).seen !== 'yes');

/**
 * More packets were judged INVALID on a node than clients' answers to what was not translated crossed it: such a RST is of no flow, and
 * INVALID itself. Where that is all, conntrack judged nothing else so.
 */
export const invalidBeyondAnswers: Look = (story) => {
  const risen = invalidRose(story);
  if (risen.seen !== 'yes') return risen;
  const moved = story.counters.filter(
    ({ source, changes }) => source === 'conntrack-stats' && (changes['invalid'] ?? 0) > 0,
  );
  let isClear = true;
  for (const [node, own] of Map.groupBy(moved, (event) => event.node)) {
    const from = Math.min(...own.map(({ since }) => parseMicros(since)));
    const to = Math.max(...own.map(({ at }) => parseMicros(at)));
    const judged = own.reduce((sum, { changes }) => sum + (changes['invalid'] ?? 0), 0);
    if (judged <= answersOn(node, from, to, story)) continue;
    // A reading may be stamped a little beside what it counted: then those of another moment may be among them.
    const around = [from - story.slack, to + story.slack] as const;
    if (judged > mostAnswers(node, around, answersOn(node, ...around, story), story)) return risen;
    isClear = false;
  }
  return isClear ? no(...risen.evidence) : unknown(story.available.has('capture') ? null : 'capture');
};

/** With intranode visibility a RST crosses its node twice. */
const mostCrossings = 2;

/**
 * So many there may have been where not all packets are told: of many connections that are lost at once RSTs are only counted, and without
 * a capture on that node kernels alone tell of them.
 */
function mostAnswers(
  node: string,
  [from, to]: readonly [Micros, Micros],
  seen: number,
  { lost, nodes, kernel, server }: Story,
): number {
  const isTold = kernel.events.some(
    ({ tracepoint, tuple }) => tracepoint === 'send-reset' && tuple.dst === server?.address,
  );
  if (!nodes.ran('capture', node)) {
    const sent = lost.client === null ? [] : nodes.kernel.resetsSentFrom(lost.client.address);
    return isTold ? mostCrossings * between(sent, from, to).length : Number.POSITIVE_INFINITY;
  }
  const counted = lost.client === null ? 0 : nodes.resets.seenFrom(lost.client.address, from, to);
  return counted > seen ? mostCrossings * counted : seen;
}

/** RSTs of the node's own clients for the server's own address, on each crossing. What others send has been translated before. */
function answersOn(node: string, from: Micros, to: Micros, story: Story): number {
  const { nodes, server, lost } = story;
  if (server === null || server.address === lost.target.address) return 0;
  const seen = between(resetsOf(nodes), from, to).filter(
    (packet) => packet.node === node && hasComeIn(packet) && isToServer(packet, story),
  );
  const own = new Set(seen.filter(({ ttl }) => initialTtls.has(ttl)).map(wireIdentity));
  return seen.filter((packet) => own.has(wireIdentity(packet))).length;
}

/** Thousands of connections may be lost at once, and each is asked about. */
const resets = new WeakMap<NodeTimeline, readonly PacketEvent[]>();

/** All RSTs, in order of time. */
function resetsOf(nodes: NodeTimeline): readonly PacketEvent[] {
  const known = resets.get(nodes) ?? nodes.packets.filter(({ flags }) => flags.includes('R'));
  resets.set(nodes, known);
  return known;
}

const isToServer = ({ flags, tuple }: PacketEvent, { server }: Story): boolean =>
  flags.includes('R') && tuple.dst === server?.address && tuple.dport === server.port;

/**
 * Another connection to what was dialled was answered so while this one was tried: the attempt itself may have left no trace, as of one that
 * was never made nobody knows the port.
 */
export const othersAnsweredUntranslated: Look = (story) => {
  const { lost, server, nodes, slack } = story;
  if (lost.failure !== 'timeout') return no();
  const gap = captureGap(story);
  if (gap !== null) return unknown(gap);
  if (server === null) return unknown('entries-of-connection');
  if (server.address === lost.target.address) return no();
  const found = between(resetsOf(nodes), Math.max(lost.bornAt, lost.lastGoodAt) - slack, lost.failedAt).find(
    (packet) =>
      isToServer(packet, story) &&
      hasComeIn(packet) &&
      // As it comes from the client.
      initialTtls.has(packet.ttl) &&
      packet.tuple.sport !== lost.client?.port &&
      dialled(packet, story),
  );
  return found === undefined ? notSeen(story, 'capture') : yes(asEvidence(found));
};

/** Whether who sent the packet had spoken to what this connection dialled. */
function dialled({ tuple: { src, sport } }: PacketEvent, { lost: { target }, nodes }: Story): boolean {
  const peers = nodes.peersOf(formatEndpoint({ address: src, port: sport }));
  return peers.some(({ address, port }) => address === target.address && port === target.port);
}

/** More than any socket lets be under way at once (tcp_rmem is some megabytes). */
const farOff = 2 ** 24;

/**
 * What passed untranslated was the very next thing that the server had to say: conntrack had no reason to judge it INVALID. Not so where it
 * was far out of any window. Between the two nobody can tell.
 */
export const untranslatedInOrder: Look = (story) => {
  const answered = clientAnsweredUntranslated(story);
  if (answered.seen !== 'yes') return answered.seen === 'no' ? unknown(null) : answered;
  const [rst] = story.resets;
  if (rst === undefined) return unknown('captured-reset');
  const passed = untranslated(rst, story);
  if (passed === undefined) return unknown('captured-data');
  const expected = expectedOf(passed, story);
  if (expected === null) return unknown('captured-data');
  const ahead = (passed.seq - expected) | 0;
  if (Math.abs(ahead) >= farOff)
    return no(
      asEvidence(passed),
      conclusion(story, `its number is ${Math.abs(ahead)} away from what was due`),
    );
  if (ahead !== 0) return unknown(null);
  return yes(
    asEvidence(passed),
    conclusion(story, "it has the pod's own address and just the number that was due"),
  );
};

/** What the client's side answered: the last sighting there of what acknowledges just what the RST says. */
function untranslated(rst: PacketEvent, { packets, server, goesToClient }: Story): PacketEvent | undefined {
  return packets.findLast(
    (packet) =>
      packet.at <= rst.at &&
      packet.node === rst.node &&
      packet.ack === rst.seq &&
      !packet.flags.includes('R') &&
      goesToClient(packet) &&
      packet.tuple.src === server?.address &&
      (packet.payloadLength > 0 || /[SF]/.test(packet.flags)),
  );
}

/** The number that was due from the server then; null where nothing that it said before was captured. */
function expectedOf(passed: PacketEvent, { packets, goesToClient }: Story): number | null {
  if (passed.flags.includes('S')) {
    const opening = packets.find((packet) => !goesToClient(packet) && packet.flags.includes('S'));
    return opening !== undefined && ((opening.seq + 1) | 0) === (passed.ack | 0) ? passed.seq : null;
  }
  // What the client had acknowledged is what it was due to hear next.
  const heard = packets.findLast(
    (packet) => packet.at < passed.at && !goesToClient(packet) && packet.flags.includes('.'),
  );
  return heard?.ack ?? null;
}

/** Packets were judged INVALID, and this one is not known to have been in its order. */
export const judgedInvalid: Look = (story) => {
  const beyond = invalidBeyondAnswers(story);
  return beyond.seen === 'yes' && untranslatedInOrder(story).seen === 'yes' ? unknown(null) : beyond;
};

/** It was in its order, and nothing is known to have been judged INVALID. */
export const passedInOrder: Look = (story) =>
  invalidBeyondAnswers(story).seen === 'yes' ? unknown(null) : untranslatedInOrder(story);
