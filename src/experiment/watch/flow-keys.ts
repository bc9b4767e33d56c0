// How what witnesses tell finds its connection: by both ends of a packet, of either direction alike, and by the addresses in it.
import type { NodeEvent, Tuple } from '../../model/node-event.ts';
import { plainAddress } from '../../model/endpoint.ts';

/** Both ends, in one order for both directions. */
export function flowKey({ src, sport, dst, dport }: Tuple): string {
  const [from, to] = [`${plainAddress(src)} ${sport}`, `${plainAddress(dst)} ${dport}`];
  return from < to ? `${from} ${to}` : `${to} ${from}`;
}

/** One end's view: whose socket is where. */
export const socketKey = ({ src, sport, dst, dport }: Tuple): string =>
  `${plainAddress(src)} ${sport} ${plainAddress(dst)} ${dport}`;

/** Neither end was forgotten by the kernel, and neither is a listener's. */
export const isWhole = ({ src, dst, sport, dport }: Tuple): boolean =>
  sport !== 0 && dport !== 0 && !isUnset(src) && !isUnset(dst);

const isUnset = (address: string): boolean => address === '0.0.0.0' || address === '::';

/** The tuples of the connection that an event is about: several where an entry translates it; none where it is about no connection. */
export function tuplesOf(event: NodeEvent): readonly Tuple[] {
  switch (event.event) {
    case 'packet':
    case 'icmp-error':
    case 'lost-after-silence':
      return [event.tuple];
    case 'conntrack':
      return event.protocol === 'tcp' || event.protocol === '6' ? [event.original, event.reply] : [];
    case 'kernel':
      return event.tuple !== null && isWhole(event.tuple) ? [event.tuple] : [];
    case 'socket':
      return isWhole(event.tuple) ? [event.tuple] : [];
    default:
      return [];
  }
}

/** The cookie of the socket that an event is about. */
export const cookieOf = (event: NodeEvent): string | null =>
  event.event === 'kernel' || event.event === 'socket' ? event.cookie : null;
