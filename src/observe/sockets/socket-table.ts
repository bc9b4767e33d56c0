// What is known of each socket by its cookie, kept for a while after it is gone: a RST takes it out of every list at once, while its
// end is announced when the program closes it, which may be minutes later.
import type { SocketSide } from './connection-event.ts';
import type { SocketOwner } from './socket-process.ts';

interface KnownSocket {
  readonly inode: number | null;
  /** One object for all sockets of a process. */
  readonly owner: SocketOwner;
  readonly side: SocketSide | null;
  readonly retransmissions: number;
  readonly isWaiting: boolean;
  /** Its owners were looked for after it was there. */
  readonly wasLookedFor: boolean;
}

export interface SocketTable {
  readonly size: number;
  of(cookie: string): KnownSocket | undefined;
  /** Puts something else in the place of each; none was seen by that. */
  replace(by: (socket: KnownSocket) => KnownSocket): void;
  /** It was seen now. */
  put(cookie: string, socket: KnownSocket): void;
  /** It ended now. */
  ended(cookie: string): void;
}

export interface TableBounds {
  /** A socket that was not seen for so long is forgotten. */
  readonly keepMs: number;
  /** Sockets at most, more than a node's connection tracking has as a rule; the ones that were not seen for longest go first. */
  readonly most: number;
}

/** A program notices a RST when it next uses the connection, which those of a pool may take minutes for. */
const usualBounds: TableBounds = { keepMs: 900_000, most: 250_000 };

/** `monotonic`: milliseconds. */
export function createSocketTable(monotonic: () => number, bounds: Partial<TableBounds> = {}): SocketTable {
  const { keepMs, most } = { ...usualBounds, ...bounds };
  // In the order in which they were last seen.
  const sockets = new Map<string, { seenAt: number; socket: KnownSocket }>();
  const place = (cookie: string, socket: KnownSocket) => {
    const now = monotonic();
    const entry = sockets.get(cookie) ?? { seenAt: now, socket };
    [entry.seenAt, entry.socket] = [now, socket];
    sockets.delete(cookie);
    sockets.set(cookie, entry);
    for (const [oldest, { seenAt }] of sockets) {
      if (sockets.size <= most && now - seenAt <= keepMs) break;
      sockets.delete(oldest);
    }
  };
  return {
    get size() {
      return sockets.size;
    },
    of: (cookie) => sockets.get(cookie)?.socket,
    replace(by) {
      for (const entry of sockets.values()) entry.socket = by(entry.socket);
    },
    put: place,
    ended(cookie) {
      const known = sockets.get(cookie);
      // Others may still ask for it by its cookie.
      if (known !== undefined) place(cookie, known.socket);
    },
  };
}
