// What lists of sockets, and the end of each, tell of silences that were survived and of those that were not: of every program's connections,
// whoever captures what. A list is made now and then: of a socket that was heard since the last one it is known how long it had been silent
// by then, and how long at most.
import type { Micros } from '../../model/clock.ts';
import { formatEndpoint } from '../../model/endpoint.ts';
import {
  createSilencesBetween,
  isFromClient,
  type Ends,
  type LostAfterSilence,
  type Silent,
} from '../../packets/silences-between.ts';
import { agesIn, type SsSocket } from '../../system/tools/ss.ts';
import type { SocketSide } from './connection-event.ts';

export interface SocketSilences {
  /** A line of a list, of a connection. `at`: when it was printed, by any clock that goes on. */
  listed(cookie: string, socket: () => ListedSocket | undefined, text: string, at: Micros): void;
  /** `at`: by the clock of all events; `now`: by that of the lists. */
  ended(socket: SsSocket, side: SocketSide | null, text: string, at: Micros, now: Micros): void;
  /** Tells of those that are not told of yet. To be called once. */
  end(): void;
}

type ListedSocket = Pick<SsSocket, 'local' | 'peer'> & { readonly side: SocketSide | null };

interface Known {
  readonly silent: Silent;
  listedAt: Micros;
  /** When anything last came or went, by then. */
  activeAt: Micros;
}

/** More than a node's connection tracking has, as a rule; the ones that were not listed for longest go first. */
const most = 100_000;

export function createSocketSilences(onLost: (lost: LostAfterSilence) => void): SocketSilences {
  const silences = createSilencesBetween(onLost);
  // In the order in which they were last listed.
  const sockets = new Map<string, Known>();
  const forgetSome = () => {
    for (const [oldest, { silent }] of sockets) {
      if (sockets.size <= most) break;
      silences.drop(silent);
      sockets.delete(oldest);
    }
  };
  return {
    listed(cookie, read, text, at) {
      const ages = agesIn(text);
      if (ages === null) return;
      const activeAt = at - 1_000 * Math.min(ages.heardMs, ages.sentMs ?? Number.POSITIVE_INFINITY);
      const known = sockets.get(cookie);
      if (known === undefined) {
        const socket = read();
        if (socket === undefined) return;
        sockets.set(cookie, { silent: silences.open(endsOf(socket), at), listedAt: at, activeAt });
        forgetSome();
        return;
      }
      // It was used since, and answered.
      const heardAt = at - 1_000 * ages.heardMs;
      if (heardAt > known.listedAt)
        silences.answered(
          ...([known.silent, known.listedAt - known.activeAt, heardAt] as const),
          activeAt - known.activeAt,
        );
      [known.listedAt, known.activeAt] = [at, activeAt];
      sockets.delete(cookie);
      sockets.set(cookie, known);
    },
    ended(socket, side, text, at, now) {
      const { cookie, local, peer } = socket;
      const known = cookie === null ? undefined : sockets.get(cookie);
      if (cookie !== null) sockets.delete(cookie);
      const silence = silenceBeforeEnd(text);
      if (silence === null || peer.port === 0) {
        if (known !== undefined) silences.drop(known.silent);
        return;
      }
      const silent = known?.silent ?? silences.open(endsOf({ local, peer, side }), now);
      const ended = (socket.retransmissions ?? 0) > 0 ? 'unanswered' : 'reset';
      silences.lose(silent, { at, tuple: tupleOf(socket), silence, ended }, now);
    },
    end: () => silences.end(),
  };
}

/** Beyond this the kernel waits no longer each time: what it waited in all is not to be told by the last wait. */
const doublesUpToMs = 60_000;

/**
 * Nothing was heard since it last said something: how long it had been silent before it first said that, microseconds. Null where it was
 * heard, or nobody can tell.
 */
function silenceBeforeEnd(text: string): Micros | null {
  const ages = agesIn(text);
  if (ages === null || ages.sentMs === null || ages.timeoutMs >= doublesUpToMs) return null;
  // Each wait was half as long as the one after it.
  const waitedMs = ages.timeoutMs - ages.timeoutMs / 2 ** ages.backoff;
  const silenceMs = ages.heardMs - ages.sentMs - waitedMs;
  return ages.heardMs > ages.sentMs ? Math.max(0, silenceMs) * 1_000 : null;
}

const tupleOf = ({ local, peer }: Pick<SsSocket, 'local' | 'peer'>) => ({
  ...{ src: local.address, sport: local.port, dst: peer.address, dport: peer.port },
});

/** Null where nothing tells which of the two is the client. */
function endsOf({ local, peer, side }: ListedSocket): Ends | null {
  const fromClient = side === null ? isFromClient(tupleOf({ local, peer })) : side === 'client';
  if (fromClient === null || peer.port === 0) return null;
  return fromClient
    ? { client: local.address, server: formatEndpoint(peer) }
    : { client: peer.address, server: formatEndpoint(local) };
}
