// What one line of a kernel says of a connection's end: whether something was lost by it, at the end that it is of.
import { parseMicros, type Micros } from '../../model/clock.ts';
import type { FailureKind } from '../../model/probe-event.ts';
import { sentAgainBeforeClose, type SentAgain } from './closed-in-vain.ts';
import { leftUnanswered } from './closed-unanswered.ts';
import { localEnd, otherEnd, shorter } from './ends-of-tuple.ts';
import type { SocketEvent, TupleEvent } from './kernel-index.ts';
import { askedTheKilled, wasKilled } from './killed-server.ts';
import type { NodeTimeline } from './node-timeline.ts';
import { isPortUnreachable } from './icmp-index.ts';
import { kindOfReset } from './sent-reset.ts';
import { between } from './time-range.ts';
import { isSameEnd } from './told-by-kernels.ts';

/** What one line says of a connection's end, at one end of it. */
export interface Trouble {
  readonly event: TupleEvent;
  readonly failure: FailureKind;
  readonly isConnecting: boolean;
  /** The own process of this end did it. */
  readonly isOwnDoing: boolean;
  /** Whether this end is the client's, where the socket itself tells. */
  readonly isClients?: boolean;
  /** What the peer had said lay unread when the end's own process closed it, and the peer had not said goodbye. */
  readonly isUnread?: boolean;
  /** The end had sent again and again, and nothing came, when its process closed it. */
  readonly inVain?: SentAgain;
}

/** A question and the goodbye that it crosses are no further apart than a way through a cluster's network and back. */
const crossing: Micros = 10_000;
/** Whoever has closed waits this long for its peer, and longer where its program still reads. */
const halfOpenFor: Micros = 120_000_000;
/** A receiver's state changes with the RST. */
const sameCall: Micros = 1_000;
/** Its program closes what was reset soon. */
const closedWithin: Micros = 10_000_000;

const errors: Readonly<Record<number, FailureKind>> = {
  101: 'unreachable',
  103: 'reset',
  104: 'reset',
  110: 'timeout',
  111: 'refused',
  113: 'unreachable',
};

/** Null where nobody lost anything by it. */
export function troubleOf(event: TupleEvent, nodes: NodeTimeline): Trouble | null {
  const around = () =>
    between(
      shorter(event.tuple, nodes.kernel.of),
      parseMicros(event.at) - sameCall,
      parseMicros(event.at) + sameCall,
    ).filter((other) => isSameEnd(other, event));
  if (event.tracepoint === 'receive-reset') {
    const near = around();
    // It had closed before: its kernel answered what came too late, and nothing was received.
    if (near.some(({ tracepoint, reason }) => tracepoint === 'send-reset' && reason === 'TCP_ABORT_ON_DATA'))
      return null;
    const state = near.find(
      ({ tracepoint, newState }) => tracepoint === 'set-state' && newState === 'CLOSE',
    )?.state;
    const told = receivedIn(state ?? halfClosedAs(event, nodes), event, nodes);
    return told ?? (state === 'CLOSE_WAIT' ? receivedForKilled(event, nodes) : null);
  }
  if (event.tracepoint === 'socket-error') {
    const near = around();
    const failure = errors[event.number ?? 0] ?? toldInPassing(event, near, nodes);
    if (failure === undefined) return null;
    const wasConnecting = near.some(({ state }) => state === 'SYN_SENT');
    return { event, failure, isConnecting: failure === 'refused' || wasConnecting, isOwnDoing: false };
  }
  if (event.tracepoint === 'set-state') return closedInVain(event, nodes) ?? closedInOrder(event, nodes);
  if (event.tracepoint !== 'send-reset') return null;
  const kind = kindOfReset(event);
  const own = { event, failure: 'reset', isConnecting: false } as const;
  if (kind === 'aborted') return { ...own, isOwnDoing: true, isUnread: leftUnread(event, around()) };
  if (kind === 'destroyed') return { ...own, isOwnDoing: false };
  return kind === 'kept-in-vain' ? { ...own, failure: 'timeout', isOwnDoing: false } : null;
}

/** A peer's goodbye may come with words that nobody waits for any more, as those of TLS are. */
const leftUnread = ({ reason }: TupleEvent, near: readonly TupleEvent[]): boolean =>
  reason === 'TCP_ABORT_ON_CLOSE' &&
  near.some(({ state, newState }) => state === 'ESTABLISHED' && newState === 'CLOSE');

/**
 * Of an end that was half closed the last change of state is not told; what it was after the first FIN, its own or its peer's, is. Where
 * not even that is told it was no connection any more, unless the witness lost some.
 */
function halfClosedAs(event: TupleEvent, nodes: NodeTimeline): string | null {
  const at = parseMicros(event.at);
  const first = between(shorter(event.tuple, nodes.kernel.of), at - halfOpenFor, at).findLast(
    (other) =>
      isSameEnd(other, event) &&
      other.state === 'ESTABLISHED' &&
      (other.newState === 'FIN_WAIT1' || other.newState === 'CLOSE_WAIT'),
  );
  const mayBeMissing = nodes.mayHaveMissed('kernel-events', event.node, at - halfOpenFor, at);
  return first?.newState ?? (mayBeMissing ? 'ESTABLISHED' : null);
}

/**
 * A kernel that was just told of the error when the socket was in use tells no number: the ICMP error about the opening does, and that
 * nothing came of it. Where it tells the number in its next line, that one counts.
 */
function toldInPassing(
  event: TupleEvent,
  near: readonly TupleEvent[],
  nodes: NodeTimeline,
): FailureKind | undefined {
  const { src, sport, dst, dport } = event.tuple;
  if (event.number !== 0) return undefined;
  if (near.some(({ tracepoint, number }) => tracepoint === 'socket-error' && (number ?? 0) in errors))
    return undefined;
  const at = parseMicros(event.at);
  const error = between(nodes.icmp.about(src), at - crossing, at + sameCall).find(
    ({ tuple }) => tuple.src === src && tuple.sport === sport && tuple.dst === dst && tuple.dport === dport,
  );
  const hasEnded = between(shorter(event.tuple, nodes.kernel.of), at - sameCall, at + closedWithin).some(
    (other) => isSameEnd(other, event) && other.state === 'SYN_SENT' && other.newState === 'CLOSE',
  );
  if (error === undefined || !hasEnded) return undefined;
  return isPortUnreachable(error) ? 'refused' : 'unreachable';
}

/** The client's process closed what had been sent again and again: it lost it when nothing came. */
function closedInVain(event: TupleEvent, nodes: NodeTimeline): Trouble | null {
  const isOwnClose = event.newState === 'FIN_WAIT1' || event.newState === 'CLOSE';
  if (event.state !== 'ESTABLISHED' || event.context !== 'process' || !isOwnClose) return null;
  const end = endOf(event, nodes);
  const again = end?.side === 'server' ? undefined : sentAgainBeforeClose(event, end, nodes);
  if (again === undefined) return null;
  const own = { event: again.last, failure: 'timeout', isConnecting: false, isOwnDoing: false } as const;
  return { ...own, inVain: again, ...(end?.side === 'client' ? { isClients: true } : {}) };
}

/** The server closed first, and left a question without an answer. */
function closedInOrder(event: TupleEvent, nodes: NodeTimeline): Trouble | null {
  const isOwnDoing = event.newState === 'FIN_WAIT1' && event.context === 'process';
  if (event.state !== 'ESTABLISHED' || !(isOwnDoing || event.newState === 'CLOSE_WAIT')) return null;
  const end = endOf(event, nodes);
  if (end === undefined || !leftUnanswered(event, end, isOwnDoing && wasKilled(event, nodes))) return null;
  return { event, failure: 'closed', isConnecting: false, isOwnDoing, isClients: end.side === 'client' };
}

/**
 * Who had closed by himself lacks nothing; nor does who knew that the peer had closed before he sent what was answered with the RST.
 * Where the two came together, he can have sent it before he knew.
 */
function receivedIn(state: string | null, event: TupleEvent, nodes: NodeTimeline): Trouble | null {
  const own = { event, isOwnDoing: false };
  if (state === 'SYN_SENT') return { ...own, failure: 'refused', isConnecting: true };
  if (state === 'ESTABLISHED') return { ...own, failure: 'reset', isConnecting: false };
  if (state !== 'CLOSE_WAIT') return null;
  const at = parseMicros(event.at);
  const hasCrossed = between(shorter(event.tuple, nodes.kernel.of), at - crossing, at).some(
    (other) => isSameEnd(other, event) && other.newState === 'CLOSE_WAIT',
  );
  return hasCrossed ? { ...own, failure: 'closed', isConnecting: false } : null;
}

/** It had not closed when the RST came, and knew of a goodbye that nobody had meant: its server was killed. */
function receivedForKilled(event: TupleEvent, nodes: NodeTimeline): Trouble | null {
  const at = parseMicros(event.at);
  const goodbye = between(shorter(event.tuple, nodes.kernel.of), at - halfOpenFor, at).findLast(
    (other) => isSameEnd(other, event) && other.state === 'ESTABLISHED' && other.newState === 'CLOSE_WAIT',
  );
  const end = endOf(event, nodes);
  if (goodbye === undefined || end?.side === 'server' || !askedTheKilled(goodbye, event, end, nodes))
    return null;
  return { event, failure: 'closed', isConnecting: false, isOwnDoing: false, isClients: true };
}

/** The socket's own end, by its cookie where that is known. */
export function endOf(event: TupleEvent, nodes: NodeTimeline): SocketEvent | undefined {
  const at = parseMicros(event.at);
  return between(shorter(event.tuple, nodes.kernel.socketsOf), at - sameCall, at + closedWithin).find(
    ({ change, tuple, node, cookie }) =>
      change === 'destroyed' &&
      node === event.node &&
      otherEnd(tuple) === otherEnd(event.tuple) &&
      localEnd(tuple) === localEnd(event.tuple) &&
      (event.cookie === null || cookie === null || cookie === event.cookie),
  );
}
