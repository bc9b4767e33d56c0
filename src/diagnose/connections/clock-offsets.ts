// How far apart the clocks of different nodes are, from packets that both of them saw.
// Method: a packet cannot arrive before it was sent, so each packet bounds the offset from one side and each one on the way back
// from the other (as in Cristian 1989, and in NTP); the least delay seen each way gives the tightest bounds.
import { formatMicros, parseMicros, type Micros } from '../../model/clock.ts';
import type { PacketEvent } from '../../model/node-event.ts';

/** What has to be added to a node's stamps to compare them with the reference node's, and how wrong that may be. */
export interface ClockOffset {
  readonly offset: Micros;
  readonly error: Micros;
}

/**
 * The offset of every node against `reference`; nodes that share no packet with it, in both directions, are not in the map. Two
 * nodes share a packet when it left one and came into the other with the same sequence numbers.
 */
export function clockOffsets(packets: readonly PacketEvent[], reference: string): Map<string, ClockOffset> {
  // One node's clock is that of all its captures.
  if (packets.every(({ node }) => node === reference)) return new Map();
  const sightings = Map.groupBy(packets, wireIdentity);
  const bounds = new Map<string, { low: Micros; high: Micros }>();
  for (const group of sightings.values()) {
    // Of all pairs the one tells most that is closest: the last that was sent here with the first that came in there, say.
    let [lastOut, firstIn] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (const { node, direction, at } of group) {
      if (node !== reference) continue;
      if (direction === 'out') lastOut = Math.max(lastOut, parseMicros(at));
      if (direction === 'in') firstIn = Math.min(firstIn, parseMicros(at));
    }
    for (const { node, direction, at } of group) {
      if (node === reference) continue;
      const bound = bounds.get(node) ?? { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
      // Sent here and received there: there + offset ≥ here. The other way round: here ≥ there + offset.
      if (direction === 'in') bound.low = Math.max(bound.low, lastOut - parseMicros(at));
      if (direction === 'out') bound.high = Math.min(bound.high, firstIn - parseMicros(at));
      bounds.set(node, bound);
    }
  }
  const offsets = new Map<string, ClockOffset>();
  for (const [node, { low, high }] of bounds) {
    if (!Number.isFinite(low) || !Number.isFinite(high) || low > high) continue;
    offsets.set(node, { offset: (low + high) / 2, error: (high - low) / 2 });
  }
  return offsets;
}

/** What a packet keeps from node to node: addresses and ports may be translated, numbers are not. */
export function wireIdentity({ seq, ack, flags, payloadLength }: PacketEvent): string {
  return `${seq} ${ack} ${flags} ${payloadLength}`;
}

// Below this a correction would do more harm than good.
const worthCorrecting: Micros = 2_000;

/** A function that moves an event of any node to the reference's clock. */
export function aligner(
  offsets: ReadonlyMap<string, ClockOffset>,
): <T extends { at: string; node: string }>(event: T) => T {
  return (event) => {
    const offset = offsets.get(event.node)?.offset ?? 0;
    if (Math.abs(offset) < worthCorrecting) return event;
    // With its prototype: a packet's line may be written only when it is asked for.
    const copy = Object.create(Object.getPrototypeOf(event) as object) as typeof event;
    return Object.assign(copy, event, { at: formatMicros(parseMicros(event.at) + offset) });
  };
}
