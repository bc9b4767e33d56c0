// A line of ss as evidence: what it says of the socket, and whose the socket is.
import type { LineEvent, NodeEvent } from '../../model/node-event.ts';
import type { SsSocket } from '../../system/tools/ss.ts';
import type { SocketOwner } from './socket-process.ts';

export type SocketEvent = Extract<NodeEvent, { event: 'socket' }>;
export type SocketSide = NonNullable<SocketEvent['side']>;

/** @param at ISO 8601 with microseconds. `side`: what is known of that from elsewhere, null for nothing. */
export function socketEvent(
  at: string,
  scope: string,
  change: SocketEvent['change'],
  socket: SsSocket,
  { process, cgroup, by }: SocketOwner,
  side: SocketSide | null,
): LineEvent<SocketEvent> {
  const { local, peer, cookie, state, unread, unsent, timer } = socket;
  const { lastSentMs, lastReceivedMs, bytesSent, bytesReceived, retransmissions } = socket;
  return {
    ...{ event: 'socket', at, change, scope, cookie },
    tuple: { src: local.address, dst: peer.address, sport: local.port, dport: peer.port },
    // Whatever state it ended in, the kernel announces each end as CLOSE.
    state: change === 'destroyed' ? null : state,
    ...{ process, cgroup, ownerBy: by, side: side ?? sideOf(socket) },
    ...{ unread, unsent, lastSentMs, lastReceivedMs, lastData: lastData(socket) },
    ...(change === 'destroyed' ? { finAcknowledged: finAcknowledged(socket, side) } : {}),
    ...{ bytesSent, bytesReceived, retransmissions, timer },
  };
}

/** A socket that never had a peer: a listener, or one that was made and not used. */
export const hadNoPeer = ({ peer }: SsSocket): boolean => peer.port === 0 && unspecified.has(peer.address);

const unspecified = new Set(['0.0.0.0', '::']);

/**
 * Whether it connected or accepted, by whether the peer acknowledged a SYN of it; null where that cannot be told: at its end a SYN and a FIN
 * look alike, and one to which nobody ever answered looks like one that accepted.
 */
export function sideOf({ ackedBesideData, state, bytesSent, bytesReceived }: SsSocket): SocketSide | null {
  if (ackedBesideData === 2) return 'client';
  const didNothing = (bytesSent ?? 0) === 0 && (bytesReceived ?? 0) === 0;
  if (ackedBesideData === 0)
    return state === 'SYN_SENT' || (state === 'CLOSE' && didNothing) ? null : 'server';
  if (ackedBesideData !== 1) return null;
  if (noFinYet.has(state)) return 'client';
  return state === 'FIN_WAIT2' ? 'server' : null;
}

const noFinYet = new Set(['ESTABLISHED', 'CLOSE_WAIT']);

function finAcknowledged({ ackedBesideData, unsent }: SsSocket, side: SocketSide | null): boolean | null {
  // It is the last byte to be acknowledged.
  if ((unsent ?? 0) > 0) return false;
  if (ackedBesideData !== 1) return ackedBesideData === null ? null : ackedBesideData === 2;
  return side === null ? null : side === 'server';
}

/** A client sends the question again, too, but never after its answer came. */
function lastData({ lastSentMs, lastReceivedMs }: SsSocket): SocketEvent['lastData'] {
  if (lastSentMs === null || lastReceivedMs === null)
    return lastSentMs !== null ? 'sent' : lastReceivedMs !== null ? 'received' : null;
  return lastSentMs === lastReceivedMs ? null : lastSentMs < lastReceivedMs ? 'sent' : 'received';
}

/** Something was left when it ended, was lost on the way, or was thrown away: an orderly end has none of it. */
export const endedUnfinished = ({ unread, unsent, retransmissions, peer }: SsSocket): boolean =>
  (unread ?? 0) > 0 || (unsent ?? 0) > 0 || (retransmissions ?? 0) > 0 || peer.port === 0;

/** A client's last question was not answered, or a server said nothing to it: it tells even where the end was orderly. */
export const endedUnanswered = (socket: SsSocket, side: SocketSide | null): boolean =>
  lastData(socket) === (side === 'server' ? 'received' : 'sent');

/** Longer than any round trip: who sends all the time has something unacknowledged, too. */
const waitsFromMs = 1_000;

/** The peer takes, or acknowledges, nothing of what it has. */
export const isWaiting = ({ unsent, timer, lastSentMs }: SsSocket): boolean =>
  (unsent ?? 0) > 0 && (timer === 'persist' || (timer === 'on' && (lastSentMs ?? 0) >= waitsFromMs));
