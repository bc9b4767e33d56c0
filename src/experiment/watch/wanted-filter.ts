// Which connections are asked for: by ports and addresses of any leg as soon as they are told of, by pods and processes when they are known.
import type { NodeEvent, Tuple } from '../../model/node-event.ts';
import { plainAddress } from '../../model/endpoint.ts';
import type { WatchEnd } from '../../model/watch-record.ts';
import type { AliveSocket } from './alive-sockets.ts';
import { tuplesOf } from './flow-keys.ts';
import type { WantedConnections } from './live-losses.ts';

export interface WantedFilter {
  /** Whatever it is, it is wanted. */
  readonly hasAll: boolean;
  /** False for what tells of every leg of a connection and fits none: nothing else will make it wanted. */
  mayFit(event: NodeEvent): boolean;
  /** By the ends of all its legs. */
  fitsLegs(legs: { readonly addresses: ReadonlySet<string>; readonly ports: ReadonlySet<number> }): boolean;
  /** By who is at its ends. */
  fitsEnds(ends: readonly WatchEnd[]): boolean;
  /** @param podsOf Those at its ends, asked only where it depends on them. */
  fitsSocket(socket: AliveSocket, podsOf: (socket: AliveSocket) => readonly (string | null)[]): boolean;
}

/** Behind the ends that are asked for. */
const mostServers = 20_000;

export function createWantedFilter(wanted: WantedConnections): WantedFilter {
  const ports = new Set(wanted.ports);
  const isLive = wanted.addresses instanceof Set;
  const addresses: ReadonlySet<string> =
    wanted.addresses instanceof Set ? wanted.addresses : new Set([...wanted.addresses].map(plainAddress));
  const [pods, processes] = [new Set(wanted.pods), new Set(wanted.processes)];
  const servers = new Set<string>();
  const hasAll = ports.size === 0 && !isLive && addresses.size === 0;
  const fitsPorts = (own: Iterable<number>) => ports.size === 0 || [...own].some((port) => ports.has(port));
  const fitsAddresses = (own: Iterable<string>) =>
    (!isLive && addresses.size === 0) || [...own].some((address) => addresses.has(plainAddress(address)));
  const fitsPods = (own: readonly (string | null)[]) =>
    pods.size === 0 || own.some((pod) => pod !== null && pods.has(pod));
  const fitsCommands = (own: readonly (string | null | undefined)[]) =>
    processes.size === 0 || own.some((command) => processes.has(command ?? ''));
  return {
    hasAll: hasAll && pods.size === 0 && processes.size === 0,
    mayFit(event) {
      // An entry alone tells of both sides of a translation.
      if (hasAll || event.event !== 'conntrack') return true;
      const tuples = tuplesOf(event);
      const server = `${event.reply.src} ${event.reply.sport}`;
      const fits = fitsPorts(tuples.flatMap(portsOf)) && fitsAddresses(tuples.flatMap(addressesOf));
      // Where its packets cross the node a second time, the next entry knows the server's own end alone.
      if (fits && servers.size < mostServers) servers.add(server);
      return fits || servers.has(server);
    },
    fitsLegs: (legs) => hasAll || (fitsPorts(legs.ports) && fitsAddresses(legs.addresses)),
    fitsEnds: (ends) =>
      fitsPods(ends.map(({ pod }) => pod)) && fitsCommands(ends.map(({ process }) => process?.command)),
    fitsSocket: (socket, podsOf) =>
      (hasAll || (fitsPorts(portsOf(socket.tuple)) && fitsAddresses(addressesOf(socket.tuple)))) &&
      (pods.size === 0 || fitsPods(podsOf(socket))) &&
      fitsCommands([socket.process?.command]),
  };
}

const portsOf = ({ sport, dport }: Tuple) => [sport, dport];
const addressesOf = ({ src, dst }: Tuple) => [src, dst];
