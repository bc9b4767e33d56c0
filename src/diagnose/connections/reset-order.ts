// Which RST of a connection was the first. One node's stamps tell the order of what it saw itself. Those of two nodes do only as far
// as their clocks agree; what one packet lost of its hops on the way tells where it came from whatever the clocks say.
import { parseMicros, type Micros } from '../../model/clock.ts';
import type { PacketEvent } from '../../model/node-event.ts';

export interface ResetOrder {
  /** The first sighting of the first RST comes first; the others are in order of time. */
  readonly resets: readonly PacketEvent[];
  /** False where RSTs in both directions were seen, by no node both, and closer together than the clocks tell apart. */
  readonly isClear: boolean;
}

/** The same packet on another leg: addresses are translated, sequence numbers are not. */
export const isCopy = (a: PacketEvent, b: PacketEvent): boolean =>
  a.seq === b.seq && a.ack === b.ack && a.flags === b.flags;

/** @param resets In order of time. @param slack How far the stamps of two nodes may be apart, microseconds. */
export function inCausalOrder(
  resets: readonly PacketEvent[],
  goesToClient: (packet: PacketEvent) => boolean,
  slack: Micros,
): ResetOrder {
  const [earliest] = resets;
  if (earliest === undefined) return { resets, isClear: true };
  const sightingsOf = (one: PacketEvent) =>
    resets.filter((other) => isCopy(other, one) && goesToClient(other) === goesToClient(one));
  const opposite = resets.find((one) => goesToClient(one) !== goesToClient(earliest));
  let sightings = sightingsOf(earliest);
  let isClear = true;
  if (opposite !== undefined) {
    const others = sightingsOf(opposite);
    const here = sightings.find((one) => others.some(({ node }) => node === one.node));
    const there = here === undefined ? undefined : others.find(({ node }) => node === here.node);
    if (here === undefined || there === undefined)
      isClear = parseMicros(opposite.at) - parseMicros(earliest.at) > slack;
    else if (resets.indexOf(there) < resets.indexOf(here)) sightings = others;
  }
  const first = sightings.reduce((best, other) => (isBefore(other, best) ? other : best));
  return { resets: [first, ...resets.filter((one) => one !== first)], isClear };
}

/** Whether a sighting on another node is of before: with more hops to go, or going out there to come in here. */
function isBefore(one: PacketEvent, other: PacketEvent): boolean {
  if (one.node === other.node) return false;
  return (
    one.ttl > other.ttl || (one.ttl === other.ttl && one.direction === 'out' && other.direction === 'in')
  );
}
