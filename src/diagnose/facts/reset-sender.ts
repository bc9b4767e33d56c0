// Who sent the RST that ended it, by the word of the kernel that sent it: which tells whose socket it was, why, and which process did it
// where one did. That no kernel tells of it says that none of those that were watched has sent it.
import { parseMicros, type Micros } from '../../model/clock.ts';
import { formatEndpoint } from '../../model/endpoint.ts';
import type { KernelEvent } from '../../model/kernel-event.ts';
import type { EvidenceItem } from '../../model/run-record.ts';
import type { TupleEvent } from '../connections/kernel-index.ts';
import { hasComeInFresh } from '../connections/packet-index.ts';
import type { ResetKind } from '../connections/sent-reset.ts';
import type { Story } from '../connections/story.ts';
import { between } from '../connections/time-range.ts';
import type { Side } from '../connections/told-by-kernels.ts';
import { asEvidence, no, unknown, yes, type Fact, type Look } from './fact.ts';
import { carriersGap, isBlind, kernelGap, kernelNode, momentOf } from './kernel-gap.ts';
import { countedMoreThanTold } from './told-of-each.ts';

/** Its own process closed it in such a way: with input unread, with linger 0, or as it ended. */
export const serverAborted = firstReset('server', 'aborted');
export const clientAborted = unlessInVain(firstReset('client', 'aborted'));
/** Nobody there had such a socket. */
export const serverHadNoSocket = firstReset('server', 'no-socket', 'unknown-to-listener');
export const clientHadNoSocket = firstReset('client', 'no-socket', 'unknown-to-listener');
export const nodeHadNoSocket = firstReset('node', 'no-socket', 'unknown-to-listener');
/** Its process had closed it before: what came too late was answered. */
export const serverHadClosed = firstReset('server', 'closed');
export const clientHadClosed = unlessInVain(firstReset('client', 'closed'));

/** A kernel sent a RST because nobody had answered its keep-alive probes. */
export const keepAliveRanOut: Look = (story) => {
  const { first } = story.kernel;
  if (first !== null) return first.kind === 'kept-in-vain' ? yes(asEvidence(first.event)) : no();
  return noneSent('server', story).seen === 'no' ? noneSent('client', story) : noneSent('server', story);
};

/** A program with the right to do so took the socket away from the process that has it (`ss -K`): its owner is told 103. */
export const serverSocketTaken = taken('server');
export const clientSocketTaken = taken('client');

export const serverSentReset = anyReset('server');
export const clientSentReset = anyReset('client');
/** The kernel of a node that carried it answered in a name that is neither end's own. */
export const nodeSentReset = anyReset('node');

function firstReset(side: Side, ...kinds: readonly ResetKind[]): Look {
  return (story) => {
    const { first, orderIsClear } = story.kernel;
    if (first === null) return noneSent(side, story);
    if (!orderIsClear) return unknown('order-of-resets');
    return first.side === side && kinds.includes(first.kind) ? yes(asEvidence(first.event)) : no();
  };
}

/** What was said again for so long before a kernel's RST has to do with it, be the loss itself of that moment alone. */
const inVainFor: Micros = 5_000_000;

/** A client that sent again and again and then went did so because nothing came: who let that happen its close does not tell. */
function unlessInVain(look: Look): Look {
  return (story) => {
    const found = look(story);
    const { first } = story.kernel;
    const { client, bornAt } = story.lost;
    if (found.seen !== 'yes' || first === null || client === null) return found;
    const until = parseMicros(first.event.at);
    const since = Math.max(until - inVainFor, Number.isFinite(bornAt) ? bornAt : 0);
    const again = between(story.nodes.kernel.of(formatEndpoint(client)), since, until - 1).filter(
      ({ tracepoint, tuple: { src, sport } }) =>
        tracepoint === 'retransmit' && src === client.address && sport === client.port,
    );
    return again.length >= 2 ? unknown(null) : found;
  };
}

function anyReset(side: Side): Look {
  return (story) => {
    const own = story.kernel.sent.find((one) => one.side === side);
    return own === undefined ? noneSent(side, story) : yes(asEvidence(own.event));
  };
}

function taken(side: 'client' | 'server'): Look {
  return (story) => {
    const { events, sideOf, first } = story.kernel;
    const told = events.find(
      (event) =>
        event.tracepoint === 'socket-error' && event.number === abortedUnderIt && sideOf(event) === side,
    );
    const sent = first !== null && first.side === side && first.kind === 'destroyed' ? [first.event] : [];
    const evidence = [...sent, ...(told === undefined ? [] : [told])].map(asEvidence);
    if (evidence.length > 0) return yes(...evidence);
    const gap = kernelGap(story, side);
    return gap === null ? no() : unknown(gap);
  };
}

/** ECONNABORTED */
const abortedUnderIt = 103;

/** That nobody told of one: whether the kernel of that end, or those of the nodes between, would have. */
function noneSent(side: Side, story: Story): Fact {
  if (side === 'node') {
    const gap = carriersGap(story);
    return gap === null ? no() : unknown(gap);
  }
  const gap = kernelGap(story, side);
  const node = kernelNode(story, side);
  if (gap !== null || node === null) return unknown(gap);
  if (isBlind(story, node, 'resets-without-socket')) return unknown('resets-without-socket');
  if (countedMoreThanTold(story, side, momentOf(story))) return unknown('what-was-lost');
  if (side === 'client') return no();
  // Of a pod that has just come its kernel's first words may have been heard by nobody.
  if (story.endpointChanges.length > 0 || cameFromAnotherPod(story)) return unknown('its-hours');
  const isHidden = isBlind(story, node, 'listener-resets') || story.kernel.unclaimed.length > 0;
  return isHidden ? unknown('peer-of-listener') : no();
}

/** The first RST came, with all its hops before it, out of another interface than what the server had sent: another pod has its address. */
function cameFromAnotherPod({ resets, server, serverInterface }: Story): boolean {
  const [first] = resets;
  if (first === undefined || server === null || serverInterface === null) return false;
  const isServers = first.tuple.src === server.address && first.tuple.sport === server.port;
  return (
    isServers &&
    hasComeInFresh(first) &&
    first.node === serverInterface.node &&
    first.interface !== serverInterface.name
  );
}

/** Sockets of a process are closed one after the other as it ends, tens of thousands in some seconds. */
const closesAllWithin: Micros = 30_000_000;
/** Of several threads that end one may close everything before the last of them is told of. */
const exitToldWithin: Micros = 250_000;
const sameMoment: Micros = 1_000;
/** Nothing survives SIGKILL. */
const kill = 9;

/** What ended the connection at its sender's, and what was told of the end of the process that did it; null where nobody can tell. */
export function endOfSender(
  story: Story,
): { readonly act: TupleEvent; readonly told: readonly KernelEvent[] } | null {
  const act = actOf(story);
  const ends = act === null ? undefined : story.nodes.kernel.endsOf(act);
  if (act === null || ends === undefined) return null;
  const at = parseMicros(act.at);
  return { act, told: between(ends, at - closesAllWithin, at + exitToldWithin) };
}

/** By the kernel's word the server's process was made to end: who listens afterwards is another one. */
export function serverWasEnding(story: Story): boolean {
  if (senderWasEnding(story).seen !== 'yes') return false;
  const { port } = story.server ?? story.lost.target;
  return endOfSender(story)?.act.tuple.sport === port;
}

/** The process that sent the RST, or that had closed the socket before, was made to end as it did so: by a signal, or for its memory. */
export const senderWasEnding: Look = (story) => {
  const end = endOfSender(story);
  if (end === null) return unknown(null);
  const { act } = end;
  const at = parseMicros(act.at);
  // What it was told to do after it had done this did not make it do so.
  const told = end.told.filter(
    (event) => event.tracepoint === 'process-exit' || parseMicros(event.at) <= at + sameMoment,
  );
  const isDeadly = ({ tracepoint, number }: KernelEvent) => tracepoint === 'oom-victim' || number === kill;
  if (told.some(isDeadly)) return yes(...told.map(asEvidence));
  const wasAsked = told.some(({ tracepoint }) => tracepoint === 'signal');
  // What it closes by a call it does not leave to its end, however soon that comes.
  if (told.some(({ tracepoint }) => tracepoint === 'process-exit') && !closedByCall(act)) {
    // A program that leaves of its own accord closes what it has by that: a process for one connection does it so.
    return wasAsked || diesOfSignal(act) ? yes(...told.map(asEvidence)) : unknown(null);
  }
  // What it does when it is asked to end is its own business, and it may do so by and by.
  if (wasAsked) return unknown(null);
  const { mayHaveMissed, heardUntil, firstHeard } = story.nodes;
  if (isBlind(story, act.node, 'process-ends')) return unknown('process-ends');
  if (mayHaveMissed('kernel-events', act.node, at - closesAllWithin, at + story.slack))
    return unknown('what-was-lost');
  // It does not end for longer than a moment before its first socket is closed.
  const wasWatched =
    at - firstHeard('kernel-events', act.node) >= 1_000_000 && heardUntil(act.node) >= at + exitToldWithin;
  return wasWatched ? no() : unknown('its-hours');
};

/** The kernel's function that takes a signal, on the way to the end of the process. */
const diesOfSignal = ({ stack }: KernelEvent): boolean => stack.includes('get_signal');

/** The program called close() or shutdown(). */
const closedByCall = ({ stack }: KernelEvent): boolean =>
  stack.some((name) => /_sys_(close|shutdown)/.test(name));

/** What a process did to end it: the RST, or the close before the RST that answered what came too late; or the close alone. */
function actOf(story: Story): TupleEvent | null {
  const { first } = story.kernel;
  if (first?.kind === 'aborted') return first.event;
  const side = first === null ? 'server' : first.side;
  // What is left of a socket that was closed is forgotten in the end: then nobody has one.
  const isForgotten = story.lost.failure === 'closed' && /^(no-socket|unknown)/.test(first?.kind ?? '');
  if (first !== null && first.kind !== 'closed' && !isForgotten) return null;
  return side === 'node' ? null : (closeBy(story, side) ?? null);
}

/** Its own process closed it in order: the kernel sends a FIN. */
const closeBy = ({ kernel }: Story, side: 'client' | 'server'): TupleEvent | undefined =>
  kernel.events.find(
    (event) =>
      event.tracepoint === 'set-state' &&
      event.context === 'process' &&
      event.newState === 'FIN_WAIT1' &&
      kernel.sideOf(event) === side,
  );

export const serverClosedIt = closedBy('server');
export const clientClosedIt = closedBy('client');

function closedBy(side: 'client' | 'server'): Look {
  return (story) => {
    const close = closeBy(story, side);
    if (close !== undefined) return yes(asEvidence(close));
    const gap = kernelGap(story, side, story.lost.lastGoodAt);
    return gap === null ? no() : unknown(gap);
  };
}

/** A RST came in from the network, at a socket that was alive. */
export const clientWasReset = wasReset('client');
export const serverGotReset = wasReset('server');

function wasReset(side: 'client' | 'server'): Look {
  return (story) => {
    const received = story.kernel.received(side);
    if (received !== undefined) return yes(asEvidence(received));
    const gap = kernelGap(story, side);
    return gap === null ? no() : unknown(gap);
  };
}

/** A kernel told the client's program that it gave up: nobody had answered what it sent again, or its keep-alive. */
export const clientGaveUp: Look = (story) => {
  const { events, sideOf } = story.kernel;
  const told = events.find(
    (event) => event.tracepoint === 'socket-error' && event.number === timedOut && sideOf(event) === 'client',
  );
  if (told !== undefined) return yes(asEvidence(told));
  const gap = kernelGap(story, 'client');
  return gap === null ? no() : unknown(gap);
};

/** ETIMEDOUT */
const timedOut = 110;

/** The server's own socket had not ended before the RST, since the connection was last well; for that its port must be known. */
export const serverSocketEnded: Look = (story) => {
  const { kernel, firsts, accepted, server, lost } = story;
  const ended = kernel.events.find(
    (event) =>
      kernel.sideOf(event) === 'server' &&
      ((event.tracepoint === 'set-state' && (event.newState === 'CLOSE' || event.newState === 'FIN_WAIT1')) ||
        event.tracepoint === 'destroy-socket' ||
        event.tracepoint === 'socket-error' ||
        event.tracepoint === 'receive-reset'),
  );
  if (ended !== undefined) return yes(asEvidence(ended));
  const isNamed = firsts.length > 0 || accepted !== null || server?.address === lost.target.address;
  if (!isNamed) return unknown('entries-of-connection');
  const gap = kernelGap(story, 'server', lost.lastGoodAt);
  return gap === null ? no() : unknown(gap);
};

/** Input that the server's program had not read when its socket ended. */
export const serverLeftUnread: Look = (story) => {
  const own = story.kernel.sockets.filter(
    ({ change, tuple }) => change === 'destroyed' && tuple.src === story.server?.address,
  );
  const unread = own.find((socket) => (socket.unread ?? 0) > 0);
  if (unread !== undefined) return yes(asEvidence(unread));
  return own.some((socket) => socket.unread === 0) ? no() : unknown('sockets');
};

/** The lines that tell how it ended, where nothing else does. */
export function kernelWords({ kernel }: Story): EvidenceItem[] {
  const telling = kernel.events.filter(({ tracepoint }) =>
    ['send-reset', 'receive-reset', 'socket-error'].includes(tracepoint),
  );
  const last = kernel.first?.event ?? telling.at(-1) ?? kernel.events.at(-1);
  return last === undefined ? [] : [asEvidence(last)];
}
