// Who listens: whoever has the listener open has what was accepted from it, until a look at its descriptors says otherwise.
import type { SsSocket } from '../../system/tools/ss.ts';
import type { SocketOwner } from './socket-process.ts';

export interface Acceptors {
  /** Begins the list of a namespace's listeners, which takes the place of the one before when it ends. */
  list(scope: string): ListenerList;
  /** Of a connection with this local end; undefined where nobody, or not only one, is known to listen there. */
  ownerOf(scope: string, address: string, port: number): SocketOwner | undefined;
}

export interface ListenerList {
  /** True for a listener that is known from before, with its owner: it is in this list as it was. */
  keeps(cookie: string | null): boolean;
  add(listener: Pick<SsSocket, 'local' | 'cookie'>, owner: SocketOwner | null): void;
  end(): void;
}

interface Listener {
  readonly address: string;
  readonly port: number;
  /** Null where nobody was found: it is looked for again. */
  readonly owner: SocketOwner | null;
}

export function createAcceptors(): Acceptors {
  const scopes = new Map<string, ReadonlyMap<string, Listener>>();
  return {
    list(scope) {
      const before = scopes.get(scope);
      const now = new Map<string, Listener>();
      return {
        keeps(cookie) {
          const known = cookie === null ? undefined : before?.get(cookie);
          if (cookie === null || known === undefined || known.owner === null) return false;
          now.set(cookie, known);
          return true;
        },
        add({ local: { address, port }, cookie }, owner) {
          const listener = {
            address,
            port,
            owner: owner === null ? null : { ...owner, by: 'listener' as const },
          };
          now.set(cookie ?? `${address} ${port}`, listener);
          // Those of a first list are of use before it ends.
          if (before === undefined) scopes.set(scope, now);
        },
        end: () => void scopes.set(scope, now),
      };
    },
    ownerOf(scope, address, port) {
      let found: SocketOwner | undefined;
      for (const listener of scopes.get(scope)?.values() ?? []) {
        if (listener.port !== port || !accepts(listener.address, address)) continue;
        // Several may share a port, each with a listener of its own.
        if (listener.owner === null || (found !== undefined && !isSame(found, listener.owner)))
          return undefined;
        found = listener.owner;
      }
      return found;
    },
  };
}

/** A listener for all addresses of IPv6 takes those of IPv4 as well, as a rule. */
const accepts = (listening: string, address: string): boolean =>
  listening === address || listening === '::' || (listening === '0.0.0.0' && !address.includes(':'));

const isSame = (a: SocketOwner, b: SocketOwner): boolean =>
  a.cgroup === b.cgroup && a.process?.pid === b.process?.pid;
