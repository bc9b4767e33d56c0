// The packets of a connection on all legs of its way, put together; and how it was opened, which of a long one is long ago.
import type { Micros } from '../../model/clock.ts';
import type { PacketEvent } from '../../model/node-event.ts';
import type { LostConnection } from './lost-connection.ts';
import type { NodeTimeline } from './node-timeline.ts';
import { between, byStamp } from './time-range.ts';

/** Packets are told from so long before the last good moment. */
export const keptBefore: Micros = 5_000_000;
const openedWithin: Micros = 1_000_000;

export function mergePackets(lists: readonly (readonly PacketEvent[])[]): readonly PacketEvent[] {
  const [only, another] = lists;
  if (only !== undefined && another === undefined) return only;
  return [...new Set(lists.flat())].sort(byStamp);
}

/** With the packets that opened it, which of a long connection are older than those that are told. */
export function withOpening(
  packets: readonly PacketEvent[],
  legs: readonly string[],
  { bornAt, lastGoodAt }: LostConnection,
  nodes: NodeTimeline,
): readonly PacketEvent[] {
  if (!Number.isFinite(bornAt) || bornAt >= lastGoodAt - keptBefore) return packets;
  const opening = legs.map((leg) =>
    between(nodes.packetsOf(leg), bornAt - openedWithin, bornAt + openedWithin),
  );
  return mergePackets([...opening, packets]);
}
