// Connections of anybody that kernels tell to have ended badly: known without a capture, and without a word of their programs. What was
// an orderly end, or a RST that nobody missed anything by, is none; where that cannot be told, and a socket was reset, it is one.
import { parseMicros, type Micros } from '../../model/clock.ts';
import { formatEndpoint, type Endpoint } from '../../model/endpoint.ts';
import type { Tuple } from '../../model/node-event.ts';
import type { Phase } from '../../model/probe-event.ts';
import { destroyedAt } from './destroyed-at.ts';
import { localEnd, otherEnd, shorter } from './ends-of-tuple.ts';
import type { SocketEvent, TupleEvent } from './kernel-index.ts';
import type { LostConnection } from './lost-connection.ts';
import type { NodeTimeline } from './node-timeline.ts';
import { remember } from './remember.ts';
import { byStamp } from './time-range.ts';
import { pairedInOneAct } from './told-in-one-act.ts';
import { endOf, troubleOf, type Trouble } from './trouble-told.ts';
import { maySayWhoOpened, turned, wayBack } from './way-back.ts';

/** All that is told of one end of a connection comes within this; a port serves another connection later than that. */
const sameEnding: Micros = 2_000_000;
/** All that one act brings about on a node is told within this. */
const toldTogether: Micros = 50_000;

/**
 * `isTaken`: a program took the socket from the one that had it, or what the server had said was thrown away unread: on the wire it looks
 * like a client that went. `isInVain`: the client went because nothing came.
 */
export interface LostAtKernels {
  readonly loss: LostConnection;
  readonly isTaken: boolean;
  readonly isInVain: boolean;
  /** When a socket of it last heard of its peer, by its own word at its end; null where none told. */
  readonly heardAt: Micros | null;
  /** Only the server's end told of it. */
  readonly isServersWord: boolean;
  /** The first line of each end that told of it. */
  readonly first: { readonly atClient: TupleEvent | undefined; readonly atServer: TupleEvent | undefined };
}

export function lostAtKernels(nodes: NodeTimeline): LostAtKernels[] {
  const flows = new Map<string, Trouble[]>();
  for (const event of nodes.kernel.events) {
    const trouble = troubleOf(event, nodes);
    if (trouble !== null) remember(flows, flowOf(event.tuple), trouble);
  }
  const peers = peersOf(flows);
  const found: LostAtKernels[] = [];
  for (const troubles of flows.values())
    for (const own of splitInTime(troubles)) found.push(...lossOf(own, peers, nodes));
  return joinEnds(oneOfEach(found), nodes);
}

const flowOf = (tuple: Tuple): string => [localEnd(tuple), otherEnd(tuple)].sort().join(' ');

/** @param troubles Of one flow, in order of time. */
function splitInTime(troubles: readonly Trouble[]): Trouble[][] {
  const parts: Trouble[][] = [];
  let until = Number.NEGATIVE_INFINITY;
  for (const trouble of troubles) {
    const at = parseMicros(trouble.event.at);
    if (at > until || parts.length === 0) parts.push([]);
    parts.at(-1)?.push(trouble);
    until = at + sameEnding;
  }
  return parts;
}

/** With how many others each end was in trouble: a server has many. */
function peersOf(flows: ReadonlyMap<string, readonly Trouble[]>): ReadonlyMap<string, number> {
  const peers = new Map<string, number>();
  for (const [first] of flows.values()) {
    if (first === undefined) continue;
    for (const end of [localEnd(first.event.tuple), otherEnd(first.event.tuple)])
      peers.set(end, (peers.get(end) ?? 0) + 1);
  }
  return peers;
}

/** Several that are one connection are put together later. */
function lossOf(
  troubles: readonly Trouble[],
  peers: ReadonlyMap<string, number>,
  nodes: NodeTimeline,
): LostAtKernels[] {
  const [any] = troubles;
  if (any === undefined) return [];
  const isLocalClient = isClients(any, peers, nodes);
  const way = ({ tuple }: TupleEvent): Tuple =>
    (localEnd(tuple) === localEnd(any.event.tuple)) === isLocalClient ? tuple : turned(tuple);
  const atClient = ({ event }: Trouble) => localEnd(event.tuple) === localEnd(way(event));
  // What the client itself was told is what it lost; its own doing comes before what that brought about.
  const telling =
    troubles.find((one) => atClient(one) && one.inVain !== undefined) ??
    troubles.find((one) => atClient(one) && !one.isOwnDoing) ??
    any;
  const { inVain } = telling;
  const isInVain = inVain !== undefined;
  const told = [...troubles].sort((a, b) => byStamp(a.event, b.event));
  const tuple = way(telling.event);
  const failedAt = parseMicros(telling.event.at);
  const socket = endOf(telling.event, nodes);
  const known = socket === undefined ? undefined : lastWords(socket, telling, atClient(telling), nodes);
  const phase = telling.isConnecting ? 'connecting' : isInVain ? 'awaiting' : (known?.phase ?? null);
  // A process's own line comes after those of what it brought about; what it does later it does with what is lost already.
  const doings = told.filter(
    (one) =>
      atClient(one) &&
      one.isOwnDoing &&
      parseMicros(one.event.at) - parseMicros(told[0]?.event.at ?? '') <= toldTogether,
  );
  const isUnread = doings.some((one) => one.isUnread === true);
  // The client took what it wanted and went, with a RST in place of a FIN. That something was missing has to be seen.
  if (doings.length > 0 && phase !== 'awaiting' && !isUnread) return [];
  // Nobody waited for anything when the client's RST came.
  const onlyAtServer = troubles.every((one) => !atClient(one) && !one.isOwnDoing);
  if (onlyAtServer && phase === 'idle' && telling.failure !== 'timeout') return [];
  // The client said goodbye, and its kernel answered what the server said too late: with no question open nobody lacks anything.
  const clientLeft =
    onlyAtServer && telling.failure === 'closed' && telling.event.tracepoint === 'receive-reset';
  if (clientLeft && phase !== 'awaiting') return [];
  const failure = clientLeft ? 'reset' : telling.failure;
  const { client, target, legs, bornAt } = beginning(tuple, failedAt, nodes);
  const loss = {
    ...{ origin: '', group: client.address, client, target, legs, bornAt },
    lastGoodAt: Math.max(bornAt, known?.lastGoodAt ?? goodBefore(inVain)),
    ...{ failedAt, failure, phase, report: null, afterwards: [], silenceMs: 0, lateMs: 0 },
  };
  const isTaken = isUnread || troubles.some(({ event }) => event.number === takenAway);
  const first = {
    atClient: told.find(atClient)?.event,
    atServer: told.find((one) => !atClient(one))?.event,
  };
  const heardAt = known?.lastGoodAt ?? null;
  return [{ loss, isTaken, isInVain, heardAt, isServersWord: first.atClient === undefined, first }];
}

/** It was well till shortly before it was sent again for the first time: a time-out is longer than that only where the way is long. */
const goodBefore = (inVain: Trouble['inVain']): Micros =>
  inVain === undefined ? Number.NEGATIVE_INFINITY : parseMicros(inVain.first.at) - longTimeOut;
const longTimeOut: Micros = 1_000_000;

/** ECONNABORTED */
const takenAway = 103;

/** Whether the end that a line is of is the client's. */
function isClients(
  { event: { tuple }, isConnecting, isClients: known }: Trouble,
  peers: ReadonlyMap<string, number>,
  nodes: NodeTimeline,
): boolean {
  if (isConnecting) return true;
  if (known !== undefined) return known;
  const { src, sport, dst, dport } = tuple;
  if (nodes.entries.find(src, sport, dst, dport).some(maySayWhoOpened)) return true;
  if (nodes.entries.find(dst, dport, src, sport).some(maySayWhoOpened)) return false;
  const answered = nodes.entries.toAnswer(src, sport, dst, dport);
  if (answered !== undefined && maySayWhoOpened(answered)) return false;
  const [here, there] = [peers.get(localEnd(tuple)) ?? 0, peers.get(otherEnd(tuple)) ?? 0];
  if (here !== there) return here < there;
  // Clients take the high ports: a convention.
  return sport > dport;
}

/** What the socket knew at its end: whether something was asked and not answered, and when it last heard of its peer. */
function lastWords(
  { tuple, lastSentMs, lastReceivedMs, at, cookie, node }: SocketEvent,
  { event }: Trouble,
  isClient: boolean,
  nodes: NodeTimeline,
): { readonly phase: Phase | null; readonly lastGoodAt: Micros } | undefined {
  if (lastSentMs === null && lastReceivedMs === null) return undefined;
  const [sent, received] = [
    lastSentMs ?? Number.POSITIVE_INFINITY,
    lastReceivedMs ?? Number.POSITIVE_INFINITY,
  ];
  // The kernel counts in ticks: what was sent and received in one of them, nobody can put in order.
  const [spoke, heard] = isClient ? [sent, received] : [received, sent];
  const phase = spoke < heard ? 'awaiting' : spoke > heard ? 'idle' : null;
  const endedAt = destroyedAt({ node, cookie }, shorter(tuple, nodes.kernel.of)) ?? parseMicros(at);
  return { phase, lastGoodAt: Math.min(parseMicros(event.at), endedAt - heard * 1_000) };
}

/** The client and what it dialled, as on the leg nearest to it, by the entries that translated what the server's kernel saw. */
function beginning(tuple: Tuple, failedAt: Micros, nodes: NodeTimeline) {
  const { way, legs } = wayBack(tuple, nodes.entries);
  const made = nodes.entries
    .find(way.src, way.sport, way.dst, way.dport)
    .findLast(({ made: by, madeAt }) => by?.state === 'SYN_SENT' && madeAt <= failedAt);
  const client: Endpoint = { address: way.src, port: way.sport };
  const target: Endpoint = { address: way.dst, port: way.dport };
  return { client, target, legs, bornAt: made?.madeAt ?? Number.NEGATIVE_INFINITY };
}

/** Both ends may have told of one connection: the client's word counts, and the legs of both. */
function oneOfEach(found: readonly LostAtKernels[]): LostAtKernels[] {
  const byClient = new Map<string, LostAtKernels[]>();
  for (const one of found.toSorted((a, b) => a.loss.failedAt - b.loss.failedAt)) {
    const { client, failedAt } = one.loss;
    const key = client === null ? '' : formatEndpoint(client);
    const own = byClient.get(key) ?? [];
    byClient.set(key, own);
    // The other half of a connection that its client has lost already may go on for long, and end in its own way.
    const other = own.findLast(
      ({ loss }) =>
        failedAt - loss.failedAt <= sameEnding || (one.isServersWord && one.loss.bornAt <= loss.failedAt),
    );
    if (other === undefined) {
      own.push(one);
      continue;
    }
    own[own.indexOf(other)] = joined(other, one);
  }
  return [...byClient.values()].flat();
}

function joined(one: LostAtKernels, other: LostAtKernels): LostAtKernels {
  const [first, second] = one.isServersWord && !other.isServersWord ? [other, one] : [one, other];
  return {
    loss: {
      ...first.loss,
      legs: [...new Set([...first.loss.legs, ...second.loss.legs])],
      phase: first.loss.phase ?? second.loss.phase,
    },
    isTaken: first.isTaken || second.isTaken,
    heardAt: first.heardAt ?? second.heardAt,
    isInVain: first.isInVain,
    isServersWord: first.isServersWord && second.isServersWord,
    first: {
      atClient: first.first.atClient ?? second.first.atClient,
      atServer: first.first.atServer ?? second.first.atServer,
    },
  };
}

/** The two tuples of one connection that its node translates, where nothing tells of that. */
function joinEnds(found: readonly LostAtKernels[], nodes: NodeTimeline): LostAtKernels[] {
  const isAlone = ({ first }: LostAtKernels, end: 'atClient' | 'atServer') =>
    first.atClient === undefined ? end === 'atServer' : end === 'atClient' && first.atServer === undefined;
  const [servers, clients] = (['atServer', 'atClient'] as const).map((end) =>
    found.filter((one) => isAlone(one, end)),
  );
  if (servers === undefined || clients === undefined || servers.length * clients.length === 0)
    return [...found];
  const lines = (all: readonly LostAtKernels[], end: 'atClient' | 'atServer') =>
    all.flatMap(({ first }) => first[end] ?? []);
  const pairs = pairedInOneAct(lines(servers, 'atServer'), lines(clients, 'atClient'), nodes);
  const byClientsLine = new Map(servers.map((one) => [pairs.get(one.first.atServer as TupleEvent), one]));
  byClientsLine.delete(undefined);
  const taken = new Set(byClientsLine.values());
  return found
    .filter((one) => !taken.has(one))
    .map((one) => {
      const server = one.first.atClient === undefined ? undefined : byClientsLine.get(one.first.atClient);
      return server === undefined ? one : joined(one, server);
    });
}
