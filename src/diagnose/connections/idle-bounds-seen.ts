// What silence before parts the connections that were lost from those that live, of anybody's programs: as the packets of a node show it.
import { formatEndpoint, type Endpoint } from '../../model/endpoint.ts';
import type { SilenceEvent } from '../../model/node-event.ts';
import { chanceOfOrder } from '../../stats/rank-permutations.ts';
import type { IdleBound } from './idle-times.ts';

/** Of all connections from an address to what it dialled, as one leg has them; null where no capture tells of a loss between them. */
export type IdleBoundBetween = (clientAddress: string, server: Endpoint) => IdleBound | null;

/** A connection that was never silent for as long as a tenth of that has not shown what silence does. */
const leastShare = 0.1;

/** @param events In order of time. */
export function indexSilences(events: readonly SilenceEvent[]): IdleBoundBetween {
  // What each node said last: it counts from the beginning.
  const last = new Map<string, Map<string, SilenceEvent>>();
  for (const event of events) {
    const key = `${event.client} ${event.server}`;
    last.set(key, (last.get(key) ?? new Map<string, SilenceEvent>()).set(event.node, event));
  }
  return (clientAddress, server) => {
    const told = [...(last.get(`${clientAddress} ${formatEndpoint(server)}`)?.values() ?? [])];
    // Two nodes that it passes tell of the same connections: whoever saw more knows more.
    const [most] = told.toSorted((a, b) => b.lost + b.livedMs.length - (a.lost + a.livedMs.length));
    return most === undefined ? null : boundOf(most);
  };
}

function boundOf({ lost, shortestLostMs, livedMs, longestSurvivedMs }: SilenceEvent): IdleBound {
  const lived = livedMs.filter((silence) => silence >= leastShare * shortestLostMs);
  const parts = shortestLostMs > longestSurvivedMs;
  return {
    ...{ lost, lived: lived.length },
    shortestLost: shortestLostMs * 1_000,
    longestAnswered: longestSurvivedMs * 1_000,
    chance: parts ? chanceOfOrder(new Array<number>(lost).fill(shortestLostMs), lived) : 1,
  };
}
