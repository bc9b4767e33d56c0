// The last packets in memory, oldest first, bounded by age and by bytes.
import type { CapturedPacket } from './captured-packet.ts';
import type { RecentStamps } from './recent-stamps.ts';

/** A packet, with what its keeper knows of it. */
interface Holder {
  readonly packet: CapturedPacket;
}

export interface PacketRing<T> {
  /** Adds a packet, whose stamp is among the last ones, and lets go of what is too old or too much. */
  add(packet: T): void;
  readonly length: number;
  readonly bytes: number;
}

export interface RingBounds<T> {
  readonly maxAgeMicros: number;
  readonly maxBytes: number;
  /** Hears of each packet that goes, in the order in which they came. `isPast`: not only because of the bound on bytes. */
  readonly onDrop: (packet: T, isPast: boolean) => void;
}

/** What a packet costs beside its bytes: the parsed fields, and its places in flow and index. */
const overhead = 400;

/** @param recent What packets are held to be of now: where the clock was set back, what bears the time of before is past, too. */
export function createPacketRing<T extends Holder>(
  { maxAgeMicros, maxBytes, onDrop }: RingBounds<T>,
  recent: RecentStamps,
): PacketRing<T> {
  let packets: (T | undefined)[] = [];
  // Packets before this index are gone; the array is cut when half of it is.
  let first = 0;
  let bytes = 0;
  const cost = ({ packet }: T) => packet.record.length + (packet.comment?.length ?? 0) + overhead;
  const dropOldest = (oldest: T, isPast: boolean) => {
    onDrop(oldest, isPast);
    bytes -= cost(oldest);
    // Its place stays until the array is cut; the packet itself need not.
    packets[first] = undefined;
    first += 1;
  };
  return {
    add(packet) {
      packets.push(packet);
      bytes += cost(packet);
      for (let oldest = packets[first]; oldest !== undefined; oldest = packets[first]) {
        const isPast = recent.isFar(oldest.packet.at, maxAgeMicros);
        if (!isPast && bytes <= maxBytes) break;
        dropOldest(oldest, isPast);
      }
      if (first > 1_024 && first * 2 > packets.length) {
        packets = packets.slice(first);
        first = 0;
      }
    },
    get length() {
      return packets.length - first;
    },
    get bytes() {
      return bytes;
    },
  };
}
