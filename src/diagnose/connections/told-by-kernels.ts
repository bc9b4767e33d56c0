// What the kernels of both ends told of one connection: whose end each line is of, and which RST ended it. No line is believed by
// itself: a socket that is "reset" need not have received anything, and a listener's RST names no peer.
import { parseMicros, type Micros } from '../../model/clock.ts';
import { formatEndpoint, type Endpoint } from '../../model/endpoint.ts';
import type { PacketEvent } from '../../model/node-event.ts';
import type { SocketEvent, TupleEvent } from './kernel-index.ts';
import type { LostConnection } from './lost-connection.ts';
import type { NodeTimeline } from './node-timeline.ts';
import { hasComeIn, isBorn } from './packet-index.ts';
import { kindOfReset, type ResetKind } from './sent-reset.ts';
import { between, byStamp } from './time-range.ts';

/** Whose end: `node` is a kernel that answered in the name of an address that is neither end's own. */
export type Side = 'client' | 'server' | 'node';

interface SentReset {
  readonly event: TupleEvent;
  readonly side: Side;
  readonly kind: ResetKind;
}

export interface ToldByKernels {
  /** What was told of its sockets and RSTs, in order of time. */
  readonly events: readonly TupleEvent[];
  readonly sideOf: (event: TupleEvent) => Side | null;
  /** Every RST that a kernel sent of this connection, the first first. */
  readonly sent: readonly SentReset[];
  /** The one that ended it, as far as a kernel told of it; null where none of them did. */
  readonly first: SentReset | null;
  /** Whether it was the first: not where both ends sent one, on two nodes whose clocks do not tell. */
  readonly orderIsClear: boolean;
  /** RSTs of listeners on the server's node that may have been of this connection, or not. */
  readonly unclaimed: readonly TupleEvent[];
  /** A RST came in from the network, at that end. */
  readonly received: (side: Side) => TupleEvent | undefined;
  /** What the kernel knew of its sockets when they ended, and whose they were, in order of time. */
  readonly sockets: readonly SocketEvent[];
}

interface Known {
  readonly lost: LostConnection;
  /** The client as each leg knows it, as formatEndpoint writes it. */
  readonly ends: ReadonlySet<string>;
  readonly server: Endpoint | null;
  readonly serverNode: string | null;
  readonly resets: readonly PacketEvent[];
  readonly resetOrderIsClear: boolean;
  readonly goesToClient: (packet: PacketEvent) => boolean;
  readonly slack: Micros;
  readonly nodes: NodeTimeline;
}

/** Who was silent for longer says nothing of how it ended; a port may have served another connection before. */
const longestEnd: Micros = 120_000_000;
/** A socket ends when its program closes it, which is soon after its program hears of the RST. */
const closedWithin: Micros = 15_000_000;
/** An orphan that answers data tells of a reset first, though none came. */
const sameAnswer: Micros = 1_000;
/** A RST is on the wire this long before or after its line, the stamps of both included. */
const onTheWire: Micros = 5_000;
/** On a machine that has no time the stamps of two witnesses lie further apart: then nobody can say whose line it is. */
const stampsApart: Micros = 50_000;
/** A new pod's first RSTs wait until its gateway's neighbour is known, and then go out together. */
const heldBack: Micros = 3_000_000;
/** And reaches a socket of the same node in this time. */
const onTheNode: Micros = 5_000;

export function listenToKernels(known: Known): ToldByKernels {
  const { lost, ends, server, slack, nodes } = known;
  const from = Math.max(lost.lastGoodAt - slack, lost.bornAt - slack, lost.failedAt - longestEnd);
  const to = lost.failedAt + Math.max(slack, 50_000);
  const events = ofEnds(ends, (end) => between(nodes.kernel.of(end), from, to));
  const sideOf = ({ tuple }: TupleEvent): Side | null => {
    if (ends.has(formatEndpoint({ address: tuple.src, port: tuple.sport }))) return 'client';
    // Where nobody knows the server it may be anybody who answers in its name.
    if (server === null || !ends.has(formatEndpoint({ address: tuple.dst, port: tuple.dport }))) return null;
    return tuple.src === server.address ? 'server' : 'node';
  };
  const sent: SentReset[] = [];
  for (const event of events) {
    const side = event.tracepoint === 'send-reset' ? sideOf(event) : null;
    if (side === null) continue;
    // With this a client that has given up closes, or answers what comes too late.
    const isAfterwards =
      side === 'client' && lost.failure === 'timeout' && parseMicros(event.at) >= lost.failedAt - slack;
    if (!isAfterwards) sent.push({ event, side, kind: kindOfReset(event) });
  }
  const received = (side: Side) =>
    events.find(
      (event) =>
        event.tracepoint === 'receive-reset' && sideOf(event) === side && !isOrphansAnswer(event, events),
    );
  const { claimed, unclaimed } = listenersResets(known, received('client'), from, to);
  if (claimed !== undefined) sent.push({ event: claimed, side: 'server', kind: 'unknown-to-listener' });
  const inOrder = sent
    .map((one) => ({ one, at: sentAt(one, events) }))
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : byStamp(a.one.event, b.one.event)))
    .map(({ one }) => one);
  return {
    ...{ events, sideOf, sent: inOrder, unclaimed, received },
    ...firstOf(inOrder, received, known),
    sockets: ofEnds(ends, (end) => between(nodes.kernel.socketsOf(end), from, to + closedWithin)),
  };
}

/**
 * The kernel tells of a RST with which a process ends its own socket when it is sent, on the same node perhaps answered already. Its
 * socket was closed before: what came after that and found none was answered later.
 */
function sentAt({ event, kind }: SentReset, events: readonly TupleEvent[]): string {
  if (kind !== 'aborted') return event.at;
  const closed = events.findLast(
    (other) =>
      other.tracepoint === 'set-state' &&
      other.newState === 'CLOSE' &&
      other.context === 'process' &&
      isSameEnd(other, event) &&
      other.at <= event.at &&
      parseMicros(event.at) - parseMicros(other.at) <= stampsApart,
  );
  return closed?.at ?? event.at;
}

function ofEnds<T extends { readonly at: string }>(
  ends: ReadonlySet<string>,
  listOf: (end: string) => readonly T[],
): readonly T[] {
  const lists = [...ends].map(listOf).filter(({ length }) => length > 0);
  const [only, another] = lists;
  if (only === undefined) return [];
  if (another === undefined) return only;
  return [...new Set(lists.flat())].sort(byStamp);
}

function isOrphansAnswer(reset: TupleEvent, events: readonly TupleEvent[]): boolean {
  return events.some(
    (event) =>
      event.tracepoint === 'send-reset' &&
      event.reason === 'TCP_ABORT_ON_DATA' &&
      isSameEnd(event, reset) &&
      Math.abs(parseMicros(event.at) - parseMicros(reset.at)) <= sameAnswer,
  );
}

export const isSameEnd = ({ tuple: a, node }: TupleEvent, other: TupleEvent): boolean =>
  node === other.node &&
  a.src === other.tuple.src &&
  a.sport === other.tuple.sport &&
  a.dst === other.tuple.dst &&
  a.dport === other.tuple.dport;

/**
 * A listener's RST is this connection's where the capture has its RST leave the server just then, or a socket of the same node was
 * reset, and each RST of that moment has its line: none can have been sent by anybody else.
 */
function listenersResets(
  { lost, server, serverNode, resets, resetOrderIsClear, goesToClient, nodes }: Known,
  victim: TupleEvent | undefined,
  from: Micros,
  to: Micros,
): { readonly claimed?: TupleEvent; readonly unclaimed: readonly TupleEvent[] } {
  if (server === null || serverNode === null) return { unclaimed: [] };
  const all = nodes.kernel.listenerResetsOn(serverNode).filter(({ tuple }) => tuple.sport === server.port);
  const [rst] = resetOrderIsClear ? resets : [];
  const moment =
    rst !== undefined && goesToClient(rst) ? parseMicros(rst.at) : victim && parseMicros(victim.at);
  // Another endpoint of what was dialled may have been chosen anew, wherever it is.
  const isService = server.address !== lost.target.address;
  const elsewhere = [...nodes.nodes].filter((node) => isService && node !== serverNode);
  const ofOthers = (begin: Micros, end: Micros) =>
    elsewhere.flatMap((node) =>
      between(nodes.kernel.listenerResetsOn(node), begin, end).filter(
        ({ tuple }) => tuple.sport === server.port,
      ),
    );
  if (moment === undefined) return { unclaimed: [...between(all, from, to), ...ofOthers(from, to)] };
  const near = between(all, moment - onTheWire, moment + onTheWire);
  const own = near.findLast(({ at }) => parseMicros(at) <= moment + sameAnswer) ?? near[0];
  const [begin, end] = [moment - heldBack, moment + stampsApart];
  const perhaps = [...between(all, begin, end), ...ofOthers(begin, end)];
  if (own === undefined) return { unclaimed: perhaps };
  const isHere = rst !== undefined && rst.node === serverNode && (hasComeIn(rst) || isBorn(rst));
  const isBare = rst !== undefined && !rst.flags.includes('.');
  if (rst !== undefined) {
    const seen = nodes.resets.seenFrom(server.address, moment - onTheWire, moment + onTheWire);
    return isHere && isBare && near.length >= seen ? { claimed: own, unclaimed: [] } : { unclaimed: perhaps };
  }
  // Without a capture others, elsewhere, may have been told by it: as many sockets as RSTs have to be there.
  const victims = between(nodes.kernel.resetsReceivedOn(serverNode), moment - onTheNode, moment + onTheNode);
  return near.length === victims.length && victim?.node === serverNode
    ? { claimed: own, unclaimed: [] }
    : { unclaimed: perhaps };
}

function firstOf(
  sent: readonly SentReset[],
  received: ToldByKernels['received'],
  { resets, resetOrderIsClear, goesToClient, slack }: Known,
): Pick<ToldByKernels, 'first' | 'orderIsClear'> {
  const [rst] = resetOrderIsClear ? resets : [];
  const directed =
    rst === undefined ? sent : sent.filter(({ side }) => (side !== 'client') === goesToClient(rst));
  const [first = null] = directed;
  const rival = directed.find(
    ({ side, event }) =>
      first !== null &&
      side !== first.side &&
      event.node !== first.event.node &&
      parseMicros(event.at) - parseMicros(first.event.at) <= slack,
  );
  // Who had been reset itself before answers what comes too late.
  const before = first === null || rst !== undefined ? undefined : received(first.side);
  const isAnswer = before !== undefined && first !== null && before.at < first.event.at;
  return { first, orderIsClear: rival === undefined && !isAnswer };
}
