// The packets of one flow in memory that nothing wants so far, oldest first.

import type { CapturedPacket } from './captured-packet.ts';

export interface Undecided<T> {
  add(packet: T): void;
  /** Lets go of the oldest one, if it is this; false if it is not. */
  drop(packet: T): boolean;
  /** Takes out those with stamps from `from` to `until`, both included, in the order in which they came. */
  take(from: number, until: number): readonly T[];
}

export function createUndecided<T extends { readonly packet: CapturedPacket }>(): Undecided<T> {
  let packets: T[] = [];
  // Packets before this index are gone; the array is cut when half of it is.
  let first = 0;
  // Stamps that are out of these, none has: most questions are answered without looking at one.
  let [least, most] = [Infinity, -Infinity];
  return {
    add(packet) {
      packets.push(packet);
      const { at } = packet.packet;
      if (at < least) least = at;
      if (at > most) most = at;
    },
    drop(packet) {
      if (packets[first] !== packet) return false;
      first += 1;
      if (first >= 32 && first * 2 >= packets.length) {
        packets = packets.slice(first);
        first = 0;
      }
      return true;
    },
    take(from, until) {
      if (until < least || from > most) return nothing;
      const taken: T[] = [];
      const rest: T[] = [];
      [least, most] = [Infinity, -Infinity];
      for (let index = first; index < packets.length; index += 1) {
        const packet = packets[index];
        if (packet === undefined) continue;
        const { at } = packet.packet;
        if (at >= from && at <= until) {
          taken.push(packet);
          continue;
        }
        rest.push(packet);
        if (at < least) least = at;
        if (at > most) most = at;
      }
      packets = rest;
      first = 0;
      return taken;
    },
  };
}

const nothing: readonly never[] = [];
