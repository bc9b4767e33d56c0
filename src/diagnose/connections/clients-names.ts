// Whose an event is: the clients that are asked for, by their own addresses and by those that a node's source NAT hides them behind.
import type { Tuple } from '../../model/node-event.ts';
import { localEnd, otherEnd } from './ends-of-tuple.ts';
import { tupleKey } from './entry-index.ts';

export interface ClientsNames {
  /** Whether it is a client's own address. */
  readonly isWanted: (address: string) => boolean;
  /** Whether either end is a client, by its own address or by an end that it is hidden behind. */
  readonly isOurs: (tuple: Tuple) => boolean;
  /** Whether it is an end, ADDRESS:PORT, that one is hidden behind. */
  readonly isHidden: (end: string) => boolean;
  /** Whether answers of just these ends go to one that is hidden. */
  readonly answersHidden: (reply: Tuple) => boolean;
  /** Takes how a client of ours is answered. */
  readonly learn: (reply: Tuple) => void;
}

/** @param clients Their addresses; null for everybody's. */
export function createClientsNames(clients: ReadonlySet<string> | null): ClientsNames {
  const replies = new Set<string>();
  const ends = new Set<string>();
  const isWanted = (address: string) => clients === null || clients.has(address);
  const isHidden = (end: string) => ends.has(end);
  return {
    isWanted,
    isHidden,
    isOurs: (tuple) =>
      isWanted(tuple.src) ||
      isWanted(tuple.dst) ||
      (ends.size > 0 && (isHidden(localEnd(tuple)) || isHidden(otherEnd(tuple)))),
    answersHidden: (reply) => replies.has(tupleKey(reply)),
    learn(reply) {
      if (isWanted(reply.dst)) return;
      replies.add(tupleKey(reply));
      ends.add(otherEnd(reply));
    },
  };
}
