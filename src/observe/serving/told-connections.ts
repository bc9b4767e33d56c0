// Of all that a node's witnesses tell, what a follower has asked for: connections of some addresses and ports, on all their legs, and
// what is about no connection. The rest does not leave the node.
import { plainAddress } from '../../model/endpoint.ts';
import type { NodeEvent, Tuple } from '../../model/node-event.ts';

type SocketEvent = Extract<NodeEvent, { event: 'socket' }>;
type EntryEvent = Extract<NodeEvent, { event: 'conntrack' }>;

export interface WantedOfNode {
  readonly addresses: readonly string[];
  readonly ports: readonly number[];
}

export interface ToldConnections {
  /**
   * From now on these, in place of those before. What began and lives is told of once: returns the entries and sockets that were told of
   * already and are there still, as far as they are asked for now and were not before.
   */
  want(wanted: WantedOfNode): readonly NodeEvent[];
  isTold(event: NodeEvent): boolean;
}

/** Legs that translation made, sockets, and the other ends of connections; of more, those that were heard of last. */
const [mostLegs, mostSockets, mostPeers, mostOpen] = [50_000, 50_000, 20_000, 20_000];

/** @param node By which counters of its own network namespace are called. */
export function createToldConnections(node: string): ToldConnections {
  let [addresses, ports] = [new Set<string>(), new Set<number>()];
  const legs = createLatest(mostLegs);
  const sockets = createLatest(mostSockets);
  const peers = createLatest(mostPeers);
  /** As they were listed last, and whether that was told. */
  const open = new Map<string, { readonly event: SocketEvent; isTold: boolean }>();
  /** As they were made or listed, none of them told. */
  const entries = new Map<string, EntryEvent>();

  const isAsked = ({ src, dst, sport, dport }: Tuple) =>
    addresses.has(plainAddress(src)) ||
    addresses.has(plainAddress(dst)) ||
    ports.has(sport) ||
    ports.has(dport);

  /** True when one of them is asked for; all of them are legs of one connection. */
  function takes(tuples: readonly Tuple[]): boolean {
    if (!tuples.some((tuple) => isAsked(tuple) || legs.has(legOf(tuple)))) return false;
    for (const tuple of tuples) {
      legs.add(legOf(tuple));
      for (const address of [tuple.src, tuple.dst]) peers.add(plainAddress(address));
    }
    return true;
  }

  function takesSocket(tuple: Tuple | null, cookie: string | null): boolean {
    const known = cookie !== null && sockets.has(cookie);
    const isWhole = tuple !== null && tuple.sport !== 0 && tuple.dport !== 0;
    if (!(known || (isWhole && takes([tuple])))) return false;
    if (cookie !== null) sockets.add(cookie);
    return true;
  }

  const isOfNobody = (scope: string) =>
    scope !== node && !addresses.has(plainAddress(scope)) && !peers.has(plainAddress(scope));

  return {
    want(wanted) {
      addresses = new Set(wanted.addresses.map(plainAddress));
      ports = new Set(wanted.ports);
      const translated = [...entries].flatMap(([key, event]) => {
        if (!takes([event.original, event.reply])) return [];
        entries.delete(key);
        return [event];
      });
      const listed = [...open.values()].flatMap((one) => {
        if (one.isTold || !takesSocket(one.event.tuple, one.event.cookie)) return [];
        one.isTold = true;
        return [one.event];
      });
      return [...translated, ...listed];
    },
    isTold(event) {
      switch (event.event) {
        case 'packet': {
          const own = takes([event.tuple]);
          // Kernels count RSTs by namespaces: one that is not told would be held to be of a connection that is.
          return own || event.flags.includes('R');
        }
        case 'icmp-error':
          return takes([event.tuple]) || addresses.has(plainAddress(event.src));
        case 'conntrack': {
          const isTold = takes([event.original, event.reply]);
          const key = legOf(event.original);
          if (isTold || event.change === 'destroy') entries.delete(key);
          else if (event.change !== 'update' && entries.size < mostOpen) entries.set(key, event);
          return isTold;
        }
        case 'kernel':
          // A signal or an exit is of a process, and may be what ended a connection that is told of later.
          return event.target !== undefined || takesSocket(event.tuple, event.cookie) || sendsReset(event);
        case 'socket': {
          const isTold = takesSocket(event.tuple, event.cookie);
          const key = event.cookie ?? legOf(event.tuple);
          if (event.change === 'destroyed') open.delete(key);
          else if (open.size < mostOpen || open.has(key)) open.set(key, { event, isTold });
          return isTold;
        }
        case 'counters':
          return event.source !== 'snmp' || !isOfNobody(event.scope);
        default:
          return true;
      }
    },
  };
}

const sendsReset = ({ tracepoint }: Extract<NodeEvent, { event: 'kernel' }>): boolean =>
  tracepoint === 'send-reset';

/** The same in both directions. */
function legOf({ src, sport, dst, dport }: Tuple): string {
  const [one, other] = [`${plainAddress(src)} ${sport}`, `${plainAddress(dst)} ${dport}`];
  return one < other ? `${one} ${other}` : `${other} ${one}`;
}

/** A set of those that were added last. */
function createLatest(most: number) {
  const all = new Set<string>();
  return {
    has: (one: string) => all.has(one),
    add(one: string): void {
      all.delete(one);
      all.add(one);
      if (all.size <= most) return;
      for (const oldest of all) {
        all.delete(oldest);
        return;
      }
    },
  };
}
