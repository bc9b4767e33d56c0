// Which direction nothing passed, and whether the other one was open meanwhile. That something vanished says nothing of the other way:
// where nobody speaks there, a hole of one direction is the very picture of a hole of both.
import { parseMicros, type Micros } from '../../model/clock.ts';
import type { PacketEvent } from '../../model/node-event.ts';
import { formatEndpoint } from '../../model/endpoint.ts';
import { wireIdentity } from '../connections/clock-offsets.ts';
import { initialTtls, isSamePlace, type Entrance } from '../connections/packet-index.ts';
import type { Story } from '../connections/story.ts';
import { between, byStamp } from '../connections/time-range.ts';
import type { Wanted } from '../witness-words.ts';
import { takesData } from './data-captured.ts';
import { asEvidence, captureGap, conclusion, no, unknown, yes, type Look } from './fact.ts';

type Told =
  | { readonly passed: 'one way'; readonly vanished: 'questions' | 'answers'; readonly by: Proof }
  | { readonly passed: 'neither way'; readonly by: Proof }
  | { readonly passed: null; readonly missing: Wanted };
type Proof = readonly PacketEvent[];

/** Asked by several facts of one story. */
const known = new WeakMap<Story, Told>();

/** What was sent one way vanished again and again, while what was sent the other way arrived. */
export const oneWayAlonePassed: Look = (story) => {
  const told = toldOf(story);
  if (told.passed === null) return unknown(told.missing);
  if (told.passed === 'neither way') return no(...told.by.map(asEvidence));
  const [lost, open] = told.vanished === 'questions' ? ['client', 'server'] : ['server', 'client'];
  const text = `what the ${lost} sent vanished again and again, and what the ${open} sent meanwhile arrived`;
  return yes(...told.by.map(asEvidence), conclusion(story, text));
};

/** What was sent either way vanished, and nothing arrived between. */
export const neitherWayPassed: Look = (story) => {
  const told = toldOf(story);
  if (told.passed === null) return unknown(told.missing);
  const lines = told.by.map(asEvidence);
  return told.passed === 'neither way' ? yes(...lines) : no(...lines);
};

function toldOf(story: Story): Told {
  const told = known.get(story) ?? look(story);
  known.set(story, told);
  return told;
}

function look(story: Story): Told {
  const gap = captureGap(story);
  if (gap !== null) return { passed: null, missing: gap };
  for (const vanished of ['questions', 'answers'] as const) {
    const by = askedAgainThoughHeard(story, vanished === 'answers');
    if (by !== null) return { passed: 'one way', vanished, by };
  }
  const [questions, answers] = [crossingsOf(story, false), crossingsOf(story, true)];
  for (const [vanished, own, other] of [
    ['questions', questions, answers],
    ['answers', answers, questions],
  ] as const) {
    const by = passedBetween(own, other, story);
    if (by !== null) return { passed: 'one way', vanished, by };
  }
  const by = nothingPassed(questions, answers);
  if (by !== null) return { passed: 'neither way', by };
  const missing = questions.gap ?? answers.gap;
  return { passed: null, missing: missing ?? 'words-of-other-side' };
}

/** For so long after a goodbye, or what was sent in vain last, repetitions tell which side is heard. */
const goodbye: Micros = 3_000_000;

/** All that was said; where it was closed, or only packets tell of it, also what the kernels of both ends still said. */
function saidOf({ packets, lost, nodes, slack, goesToClient }: Story): readonly PacketEvent[] {
  if (lost.failure !== 'closed' && lost.report !== null) return packets;
  const ends = new Set(
    packets.map((packet) => {
      const { src, sport, dst, dport } = packet.tuple;
      return goesToClient(packet)
        ? formatEndpoint({ address: dst, port: dport })
        : formatEndpoint({ address: src, port: sport });
    }),
  );
  const later = [...ends].flatMap((end) =>
    between(nodes.packetsOf(end), lost.failedAt + slack, lost.failedAt + goodbye),
  );
  return [...new Set([...packets, ...later])].sort(byStamp);
}

/** What was sent one way since all was well: of what was sent several times each that did not arrive, and all that arrived. */
interface Crossings {
  readonly vanished: readonly PacketEvent[];
  readonly arrived: readonly PacketEvent[];
  /** Whose capture tells what arrived. */
  readonly node: string | null;
  readonly gap: Wanted | null;
}

export function crossingsOf(story: Story, toClient: boolean): Crossings {
  const { nodes, lost, slack, goesToClient } = story;
  const packets = saidOf(story);
  const missing = toClient ? 'capture-at-client' : 'capture-at-server';
  const nothing = (gap: Wanted): Crossings => ({ vanished: [], arrived: [], node: null, gap });
  const isAtEnd = endOf(story, toClient);
  if (isAtEnd === null) return nothing(missing);
  const { node } = isAtEnd;
  if (!nodes.ran('capture', node)) return nothing(missing);
  const from = Math.max(lost.lastGoodAt, lost.bornAt);
  if (nodes.mayHaveMissed('capture', node, from, lost.failedAt + slack)) return nothing('what-was-lost');
  if (nodes.missed('capture', node, from, lost.failedAt)) return nothing('its-hours');
  const since = lost.lastGoodAt - slack;
  const own = packets.filter(
    (packet) =>
      goesToClient(packet) === toClient && !packet.flags.includes('R') && parseMicros(packet.at) >= since,
  );
  const arrived = own.filter(isAtEnd.holds);
  const before = own.filter((packet) => packet.node !== node || !isAtEnd.holds(packet));
  const home = before.reduce<PacketEvent | null>(
    (best, one) => (best === null || one.ttl > best.ttl ? one : best),
    null,
  );
  const passed = isAtEnd.isLast ? arrived : [];
  if (home === null) return { vanished: [], arrived: passed, node, gap: null };
  const sent = before.filter((packet) => isSameCrossing(packet, home) && carries(packet));
  const tells = takesData(nodes, node);
  const vanished = [...Map.groupBy(sent, ({ seq }) => seq).values()]
    .filter((same) => same.length > 1 && (tells || same.every(({ payloadLength }) => payloadLength === 0)))
    .flatMap((same) => unmatched(same, arrived))
    .toSorted((a, b) => (a.at < b.at ? -1 : 1));
  return { vanished, arrived: passed, node, gap: tells ? null : 'captured-data' };
}

/** Where packets of that direction are seen last. Into a socket of the node itself they go unseen: its rules come after the capture. */
function endOf(story: Story, toClient: boolean) {
  const entrance = toClient ? story.clientInterface : story.serverInterface;
  if (entrance !== null)
    return {
      ...{ node: entrance.node, isLast: true },
      holds: (packet: PacketEvent) => isAt(packet, entrance) && packet.direction === 'out',
    };
  const { serverNode, serverIsNodeItself } = story;
  if (toClient || !serverIsNodeItself || serverNode === null) return null;
  return { node: serverNode, isLast: false, holds: ({ node }: PacketEvent) => node === serverNode };
}

const isAt = ({ node, interface: name }: PacketEvent, at: Entrance): boolean =>
  node === at.node && name === at.name;
const isSameCrossing = (a: PacketEvent, b: PacketEvent): boolean =>
  isSamePlace(a, b) && a.direction === b.direction;

/** A byte by itself may be a keep-alive probe of some kernels, which is sent again whatever was heard. */
const isSaid = (packet: PacketEvent): boolean =>
  carries(packet) && (packet.payloadLength !== 1 || /[SF]/.test(packet.flags));

/** What has to be acknowledged, and so is sent again where it is not. */
const carries = ({ payloadLength, flags }: PacketEvent): boolean => payloadLength > 0 || /[SF]/.test(flags);

/** Clocks of two nodes that are aligned by packets are no further apart. */
const clockSlack: Micros = 20_000;

/** Those of one number that have no arrival of their own; each arrival is of the last that was sent before it. */
function unmatched(sent: readonly PacketEvent[], arrived: readonly PacketEvent[]): PacketEvent[] {
  const left = [...sent];
  for (const arrival of arrived) {
    const index = left.findLastIndex((one) => covers(arrival, one) && lag(one, arrival) > -clockSlack);
    if (index >= 0) left.splice(index, 1);
  }
  return left;
}

/** Segments are put together and split on their way: the first byte counts. */
function covers(arrival: PacketEvent, { seq, flags, payloadLength }: PacketEvent): boolean {
  const offset = (seq - arrival.seq) | 0;
  if (flags.includes('S')) return arrival.flags.includes('S') && offset === 0;
  if (offset < 0) return false;
  return payloadLength > 0
    ? offset < arrival.payloadLength
    : arrival.flags.includes('F') && offset <= arrival.payloadLength;
}

/**
 * What arrived the other way after one of these had vanished and before another did, while nothing of their own way arrived; small
 * packets would have, where only long ones do not pass. An observer keeps what is near some trouble that it sees: that it had this
 * moment of the connection shows by what went out of there.
 */
function passedBetween(own: Crossings, other: Crossings, story: Story): Proof | null {
  const { nodes } = story;
  const kept = new Set(saidOf(story).flatMap((one) => (one.node === own.node ? [wireIdentity(one)] : [])));
  const margin = Math.min(nodes.clockError, 1e6);
  const times = own.arrived.map(({ at }) => parseMicros(at));
  for (const passed of other.arrived) {
    if (!kept.has(wireIdentity(passed))) continue;
    const at = parseMicros(passed.at);
    const first = own.vanished.findLast((one) => parseMicros(one.at) < at - margin);
    const last = own.vanished.find((one) => parseMicros(one.at) > at + margin);
    if (first === undefined || last === undefined) continue;
    // What arrived shortly before may be what this is the answer to.
    const [from, to] = [parseMicros(first.at) - answeredWithin, parseMicros(last.at)];
    if (!times.some((time) => time > from && time < to)) return [first, passed, last];
  }
  return null;
}

/** Acknowledgements are delayed by no more. */
const answeredWithin: Micros = 50_000;

/** What vanished of either side first, where nothing of any length arrived from then on until the last of it had. */
function nothingPassed(questions: Crossings, answers: Crossings): Proof | null {
  const [[question], [answer]] = [questions.vanished, answers.vanished];
  if (question === undefined || answer === undefined) return null;
  const times = [...questions.vanished, ...answers.vanished].map(({ at }) => parseMicros(at));
  const [from, to] = [Math.min(...times) + answeredWithin, Math.max(...times)];
  const isMeanwhile = ({ at }: PacketEvent) => parseMicros(at) > from && parseMicros(at) < to;
  return [...questions.arrived, ...answers.arrived].some(isMeanwhile) ? null : [question, answer];
}

/** A kernel that waits less before it says something again has not waited for its answer. */
const shortestWait: Micros = 150_000;

/**
 * One side said again, twice at least, what the other had acknowledged where its own packets begin, at last with a packet of no length:
 * it had not heard of that, and was heard itself.
 */
function askedAgainThoughHeard(story: Story, answersVanish: boolean): Proof | null {
  const { goesToClient, lost, slack } = story;
  const since = lost.lastGoodAt - slack;
  const near = saidOf(story).filter(({ at, flags }) => !flags.includes('R') && parseMicros(at) >= since);
  const ofDeaf = (packet: PacketEvent) => goesToClient(packet) !== answersVanish;
  const acks = near.filter((one) => !ofDeaf(one) && initialTtls.has(one.ttl) && one.flags.includes('.'));
  const [home] = acks;
  if (home === undefined) return null;
  const isHere = ({ node, interface: name }: PacketEvent) => node === home.node && name === home.interface;
  const isTowards = (packet: PacketEvent) =>
    home.direction === 'unknown' || packet.direction !== home.direction;
  const own = acks.filter((one) => isSameCrossing(one, home));
  const heard = near.filter((one) => ofDeaf(one) && isHere(one) && isTowards(one) && isSaid(one));
  for (const same of Map.groupBy(heard, ({ seq }) => seq).values()) {
    const acknowledges = own.filter(({ ack }) => same.some(({ seq }) => ((ack - seq) | 0) > 0));
    const [first] = acknowledges;
    const again = same.filter(({ at }) => first !== undefined && at > first.at);
    const last = again.at(-1);
    if (first === undefined || last === undefined || again.length < 2) continue;
    const bare = acknowledges.findLast((one) => one.payloadLength === 0 && lag(one, last) >= shortestWait);
    if (bare !== undefined) return [bare, last];
  }
  return null;
}

const lag = (from: PacketEvent, to: PacketEvent): Micros => parseMicros(to.at) - parseMicros(from.at);
