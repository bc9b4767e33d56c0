// From where a packet was seen back to what the client dialled, by the conntrack entries that translated it on its way.
import { formatEndpoint } from '../../model/endpoint.ts';
import type { Tuple } from '../../model/node-event.ts';
import type { Entry, EntryIndex } from './entry-index.ts';

export interface WayBack {
  /** From the client to what it dialled, as far back as entries know. */
  readonly way: Tuple;
  /** The client's end on each leg that was passed. */
  readonly legs: readonly string[];
}

const mostCrossings = 3;

/** @param tuple From the client's end to the server's, as on some leg. */
export function wayBack(tuple: Tuple, entries: Pick<EntryIndex, 'toAnswer'>): WayBack {
  const legs = new Set([clientEnd(tuple)]);
  let way = tuple;
  for (let crossing = 0; crossing < mostCrossings; crossing += 1) {
    const before = entries.toAnswer(way.dst, way.dport, way.src, way.sport)?.original;
    if (before === undefined || isSame(before, way) || isSame(turned(before), way)) break;
    way = before;
    legs.add(clientEnd(way));
  }
  return { way, legs: [...legs] };
}

/** One that a packet in mid-stream made begins at whoever spoke next: a server, too, whose answer found none. */
export const maySayWhoOpened = ({ made }: Entry): boolean => made === null || made.state === 'SYN_SENT';

export const turned = ({ src, dst, sport, dport }: Tuple): Tuple => ({
  src: dst,
  dst: src,
  sport: dport,
  dport: sport,
});

const clientEnd = ({ src, sport }: Tuple): string => formatEndpoint({ address: src, port: sport });
const isSame = (one: Tuple, other: Tuple): boolean =>
  one.src === other.src && one.sport === other.sport && one.dst === other.dst && one.dport === other.dport;
