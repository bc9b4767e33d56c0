// The legs of a translated flow: translation changes addresses and ports, but not the sequence numbers.
import type { CapturedPacket } from './captured-packet.ts';
import { tcpFlags } from './tcp-packet.ts';

/** A packet in memory, with the flow that it is of. */
export interface Sighting<F> {
  readonly packet: CapturedPacket;
  readonly flow: F;
  /** Of its numbers; −1 where it is not in the index. */
  hash: number;
  /** The next one in the index with this hash. */
  younger: Sighting<F> | null;
}

export interface LegIndex<F> {
  /** Tells of each other flow that carried a packet with the numbers of this one: the same packet, seen under other addresses. */
  add(sighting: Sighting<F>): void;
  /** To be called in the order in which they came. */
  remove(sighting: Sighting<F>): void;
}

/** No packet has more legs, and sightings on each, than these: numbers that more share are no packet's own (all 0, say). */
const mostSightings = 16;

export function createLegIndex<F>(onLegs: (one: F, other: F) => void): LegIndex<F> {
  const oldest = new Map<number, Sighting<F>>();
  return {
    add(sighting) {
      const { packet, flow } = sighting;
      if (!isTelling(packet)) return;
      const hash = hashOf(packet);
      const first = oldest.get(hash);
      if (first === undefined) {
        sighting.hash = hash;
        oldest.set(hash, sighting);
        return;
      }
      let last = first;
      let count = 0;
      for (let one: Sighting<F> | null = first; one !== null; one = one.younger) {
        if (one.flow !== flow && isSame(one.packet, packet)) onLegs(flow, one.flow);
        last = one;
        count += 1;
      }
      if (count >= mostSightings) return;
      sighting.hash = hash;
      last.younger = sighting;
    },
    remove({ hash, younger }) {
      if (hash < 0) return;
      if (younger === null) oldest.delete(hash);
      else oldest.set(hash, younger);
    },
  };
}

/** Pure acknowledgements of an idle flow are too alike; all else no other flow's packets share but by chance of 2^-32 and less. */
const isTelling = ({ tcp: { flags, payloadLength } }: CapturedPacket): boolean =>
  payloadLength > 0 || (flags & (tcpFlags.syn | tcpFlags.rst)) !== 0;

/** 30 bits: such a number takes no memory of its own. */
function hashOf({ tcp: { seq, ack, flags, payloadLength } }: CapturedPacket): number {
  let hash = Math.imul(seq, 0x9e3779b1) ^ ack;
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b) ^ (flags << 16) ^ payloadLength;
  return (Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35) >>> 2) & 0x3fff_ffff;
}

const isSame = ({ tcp: a }: CapturedPacket, { tcp: b }: CapturedPacket): boolean =>
  a.seq === b.seq && a.ack === b.ack && a.flags === b.flags && a.payloadLength === b.payloadLength;
