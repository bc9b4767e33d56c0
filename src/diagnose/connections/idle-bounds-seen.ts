// What silence before parts the connections that were lost from those that live, of anybody's programs: as packets show it, or lists of sockets.
import { formatEndpoint, type Endpoint } from '../../model/endpoint.ts';
import type { SilenceEvent } from '../../model/node-event.ts';
import { chanceOfOrder } from '../../stats/rank-permutations.ts';
import type { IdleBound } from './idle-times.ts';

/** Who counts silences. */
export type Counting = 'capture' | 'sockets';

/** Of all connections from an address to what it dialled, as one leg has them; null where nobody tells of a loss between them. */
export type IdleBoundBetween = (
  clientAddress: string,
  server: Endpoint,
  lostNothing: (witness: Counting) => boolean,
) => IdleBound | null;

/** A connection that was never silent for as long as a tenth of that has not shown what silence does. */
const leastShare = 0.1;

/** @param events In order of time. */
export function indexSilences(events: readonly SilenceEvent[]): IdleBoundBetween {
  // What each node said last: it counts from the beginning.
  const last = new Map<string, Map<string, SilenceEvent>>();
  for (const event of events) {
    const key = `${event.client} ${event.server}`;
    const whose = `${event.source} ${event.node}`;
    last.set(key, (last.get(key) ?? new Map<string, SilenceEvent>()).set(whose, event));
  }
  return (clientAddress, server, lostNothing) => {
    const all = [...(last.get(`${clientAddress} ${formatEndpoint(server)}`)?.values() ?? [])];
    // What lost some of what it should have seen takes for silence what was none.
    const told = all.filter(({ source }) => lostNothing(source === 'sockets' ? 'sockets' : 'capture'));
    // Packets tell exactly. Two nodes that it passes tell of the same connections: whoever saw more knows more.
    const exact = told.filter(({ source }) => source === 'capture');
    const [most] = (exact.length > 0 ? exact : told).toSorted((a, b) => seenBy(b) - seenBy(a));
    return most === undefined ? null : boundOf(most);
  };
}

const seenBy = ({ lost, livedMs }: SilenceEvent): number => lost + livedMs.length;

function boundOf({ lost, shortestLostMs, livedMs, coincidence, ...survived }: SilenceEvent): IdleBound {
  const { longestSurvivedMs, survivedAtMostMs } = survived;
  const lived = livedMs.filter((silence) => silence >= leastShare * shortestLostMs);
  const parts = shortestLostMs > survivedAtMostMs;
  return {
    ...{ lost, lived: lived.length, coincidence },
    shortestLost: shortestLostMs * 1_000,
    longestAnswered: longestSurvivedMs * 1_000,
    answeredAtMost: survivedAtMostMs * 1_000,
    chance: parts ? chanceOfOrder(new Array<number>(lost).fill(shortestLostMs), lived) : 1,
  };
}
