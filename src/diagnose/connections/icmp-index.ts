// ICMP errors by the packets that they quote, and whether a capture would have had them at all.
import type { Micros } from '../../model/clock.ts';
import { formatEndpoint, parseEndpoint } from '../../model/endpoint.ts';
import type { IcmpErrorEvent } from '../../model/node-event.ts';
import { remember } from './remember.ts';
import { between, byStamp } from './time-range.ts';

export interface IcmpIndex {
  /** Errors about packets that have this address at either end, in order of time. */
  about(address: string): readonly IcmpErrorEvent[];
  /** Whether the node's capture takes errors about such addresses: it said so, or it has one. */
  taken(node: string, address: string): boolean;
}

/** @param errors In order of time. @param saidSo The nodes whose capture said that it takes them. */
export function indexErrors(errors: readonly IcmpErrorEvent[], saidSo: ReadonlySet<string>): IcmpIndex {
  const byAddress = new Map<string, IcmpErrorEvent[]>();
  const had = new Set<string>();
  for (const error of errors) {
    const { src, dst } = error.tuple;
    for (const address of new Set([src, dst])) remember(byAddress, address, error);
    had.add(`${error.node} ${familyOf(src)}`);
  }
  return {
    about: (address) => byAddress.get(address) ?? [],
    taken: (node, address) => saidSo.has(node) || had.has(`${node} ${familyOf(address)}`),
  };
}

/** To an attempt to connect its kernel says ECONNREFUSED then; to other errors, that something is unreachable. */
export const isPortUnreachable = ({ tuple, type, code }: IcmpErrorEvent): boolean =>
  tuple.src.includes(':') ? type === 1 && code === 4 : type === 3 && code === 3;

/** A filter of one family's ICMP does not take the other's. */
const familyOf = (address: string): string => (address.includes(':') ? 'ipv6' : 'ipv4');

/** The ICMP errors that concern one connection. */
export interface ErrorsAbout {
  /** About packets of this connection, be they the client's or the server's, since it was last well. */
  readonly own: readonly IcmpErrorEvent[];
  /** About other connections with the same server in that time, told to the same end: to the client itself, or to the server. */
  readonly neighbours: readonly IcmpErrorEvent[];
  /** About what the same client sent to the same target afterwards, from other ports. */
  readonly nextAttempts: readonly IcmpErrorEvent[];
  /** Wherever the connection went a capture ran that takes such errors. */
  readonly taken: boolean;
  /** That there is none says that none was sent: it would have been captured, and others have not used up what a kernel may send. */
  readonly noneMeansNone: boolean;
}

/**
 * Kernels send an address some six errors at once, and then one a second: of many connections that are refused together, some are told
 * and the others are not.
 */
const allowanceBackAfter: Micros = 10_000_000;
/** A client tries again soon. */
const soon: Micros = 10_000_000;

export function errorsAbout(
  ends: ReadonlySet<string>,
  servers: ReadonlySet<string>,
  { lastGoodAt, failedAt, slack }: { lastGoodAt: Micros; failedAt: Micros; slack: Micros },
  index: IcmpIndex,
  places: ReadonlySet<string>,
): ErrorsAbout {
  const addresses = addressesOf(ends);
  // Each list is cut before they are put together: an address that serves for days has many others' errors.
  const from = Math.min(lastGoodAt - slack, lastGoodAt - allowanceBackAfter);
  const to = failedAt + Math.max(slack, soon);
  const lists = [...addresses, ...addressesOf(servers)].map((address) => index.about(address));
  const near = [...new Set(lists.flatMap((errors) => between(errors, from, to)))].sort(byStamp);
  const isOwn = ({ tuple: { src, sport, dst, dport } }: IcmpErrorEvent) =>
    ends.has(formatEndpoint({ address: src, port: sport })) ||
    ends.has(formatEndpoint({ address: dst, port: dport }));
  const own = between(near, lastGoodAt - slack, failedAt + slack).filter(isOwn);
  const isToldAlike = ({ tuple: { src, sport, dst, dport } }: IcmpErrorEvent) =>
    servers.has(formatEndpoint({ address: src, port: sport })) ||
    (addresses.has(src) && servers.has(formatEndpoint({ address: dst, port: dport })));
  const isNeighbours = (error: IcmpErrorEvent) => !isOwn(error) && isToldAlike(error);
  const before = between(near, lastGoodAt - allowanceBackAfter, failedAt + slack);
  const taken =
    places.size > 0 &&
    [...places].every((node) => [...addresses].every((address) => index.taken(node, address)));
  return {
    own,
    neighbours: between(near, lastGoodAt - slack, failedAt + slack).filter(isNeighbours),
    nextAttempts: between(near, failedAt - slack, failedAt + soon).filter(isNeighbours),
    taken,
    noneMeansNone: taken && before.length === own.length,
  };
}

/** @param endpoints As formatEndpoint writes them. */
function addressesOf(endpoints: ReadonlySet<string>): Set<string> {
  return new Set([...endpoints].flatMap((endpoint) => parseEndpoint(endpoint)?.address ?? []));
}
