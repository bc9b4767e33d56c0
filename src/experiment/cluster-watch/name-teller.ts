// What addresses are called, as the cluster's API has it, told as a witness tells it; each name when it is new.
import type { AddressBook } from '../../cluster/address-book.ts';
import { formatMicros, type Micros } from '../../model/clock.ts';
import type { NodeEvent } from '../../model/node-event.ts';

type Booked = ReturnType<AddressBook['all']>;

/** @param node Whose word it is. */
export function createNameTeller(
  node: string,
  tell: (event: NodeEvent) => void,
): (booked: Booked, now: Micros) => void {
  const named = new Map<string, string>();
  return (booked, now) => {
    const at = formatMicros(now);
    for (const { kind, name, address } of booked) {
      if (named.get(address) === name) continue;
      named.set(address, name);
      const text = `${address} is the ${kind} ${name}`;
      tell({ event: 'name', at, source: 'names', text, node, file: '', address, port: null, kind, name });
    }
  };
}
