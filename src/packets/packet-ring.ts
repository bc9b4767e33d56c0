// The last packets in memory, oldest first, bounded by age and by bytes.
import type { CapturedPacket } from './captured-packet.ts';

export interface PacketRing {
  /** Adds a packet and lets go of what is too old or too much. */
  add(packet: CapturedPacket): void;
  /** Packets not older than `since` (µs since the epoch), in the order they came. */
  from(since: number): Generator<CapturedPacket>;
  readonly length: number;
  readonly bytes: number;
  /** Packets that had to go before their time because of the bound on bytes. */
  readonly crowdedOut: number;
}

export interface RingBounds {
  readonly maxAgeMicros: number;
  readonly maxBytes: number;
  /** Hears of each packet that goes, whatever the reason, before it is gone. */
  readonly onDrop?: (packet: CapturedPacket) => void;
}

/** What a packet costs beside its bytes: the parsed fields and the strings of its addresses. */
const overhead = 400;

export function createPacketRing({ maxAgeMicros, maxBytes, onDrop }: RingBounds): PacketRing {
  let packets: (CapturedPacket | undefined)[] = [];
  // Packets before this index are gone; the array is cut when half of it is.
  let first = 0;
  let bytes = 0;
  let crowdedOut = 0;
  const cost = (packet: CapturedPacket) => packet.record.length + (packet.comment?.length ?? 0) + overhead;
  const dropOldest = () => {
    const oldest = packets[first];
    if (oldest !== undefined) {
      onDrop?.(oldest);
      bytes -= cost(oldest);
    }
    // Its place stays until the array is cut; the packet itself need not.
    packets[first] = undefined;
    first += 1;
  };
  return {
    add(packet) {
      packets.push(packet);
      bytes += cost(packet);
      // Where the clock was set back, what bears the time of before is past, too: it must not keep all after it from going.
      while (Math.abs(packet.at - (packets[first]?.at ?? packet.at)) > maxAgeMicros) dropOldest();
      while (bytes > maxBytes && first < packets.length) {
        dropOldest();
        crowdedOut += 1;
      }
      if (first > 1_024 && first * 2 > packets.length) {
        packets = packets.slice(first);
        first = 0;
      }
    },
    *from(since) {
      for (let index = first; index < packets.length; index += 1) {
        const packet = packets[index];
        if (packet !== undefined && packet.at >= since) yield packet;
      }
    },
    get length() {
      return packets.length - first;
    },
    get bytes() {
      return bytes;
    },
    get crowdedOut() {
      return crowdedOut;
    },
  };
}
