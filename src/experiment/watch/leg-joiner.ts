// Which legs are of one connection where no entry says so: a packet keeps its numbers on all of them.
import type { Micros } from '../../model/clock.ts';
import type { PacketEvent } from '../../model/node-event.ts';
import { flowKey } from './flow-keys.ts';

export interface LegJoiner {
  /** The key of another flow that the same packet was seen in just before; undefined where none was. */
  seen(packet: PacketEvent, at: Micros): string | undefined;
}

/** Two sightings of one packet are no further apart than this; the same numbers later are another packet. */
const onTheWay: Micros = 2_000_000;
const mostRemembered = 50_000;

export function createLegJoiner(): LegJoiner {
  const recent = new Map<string, { readonly key: string; readonly at: Micros }>();
  return {
    seen(packet, at) {
      const { seq, ack, flags, payloadLength } = packet;
      // Only the same packet is likely to have the same numbers; a bare acknowledgement may be repeated.
      const isTelling = (payloadLength > 0 || /[SFR]/.test(flags)) && (seq !== 0 || ack !== 0);
      if (!isTelling) return undefined;
      const identity = `${seq} ${ack} ${flags} ${payloadLength}`;
      const key = flowKey(packet.tuple);
      const before = recent.get(identity);
      // Set anew, so that the oldest stand first.
      recent.delete(identity);
      recent.set(identity, { key, at });
      if (recent.size > mostRemembered)
        for (const [oldest] of recent) {
          recent.delete(oldest);
          break;
        }
      if (before === undefined || before.key === key || Math.abs(at - before.at) > onTheWay) return undefined;
      return before.key;
    },
  };
}
