// Tells whether a sequence number has been seen before on the same interface in the same direction.
import type { LinkHeader } from './link-layer.ts';
import { tcpFlags, type TcpPacket } from './tcp-packet.ts';

export interface RetransmissionCounter {
  /** How often a packet with this sequence number was seen before; 0 for packets without data or SYN. */
  seenBefore(link: LinkHeader, packet: TcpPacket): number;
}

/** Sequence numbers remembered per flow: what is sent again is among the last that were sent. */
const rememberedPerFlow = 16;

interface Sent {
  readonly seqs: number[];
  readonly times: number[];
}

/** Remembers at most `maxFlows` one-way flows; the one that was quiet for longest is forgotten first. */
export function createRetransmissionCounter(maxFlows = 20_000): RetransmissionCounter {
  const flows = new Map<string, Sent>();
  return {
    seenBefore({ interfaceIndex, direction }, { tuple, flags, seq, payloadLength }) {
      const isSyn = (flags & tcpFlags.syn) !== 0;
      if (payloadLength === 0 && !isSyn) return 0;
      const { src, sport, dst, dport } = tuple;
      const key = `${interfaceIndex ?? ''}${direction ?? ''} ${src}:${sport}>${dst}:${dport}`;
      const known = flows.get(key);
      const sent =
        known === undefined || (isSyn && !known.seqs.includes(seq)) ? { seqs: [], times: [] } : known;
      // Put in anew, so that the map's order is the order of last use.
      flows.delete(key);
      flows.set(key, sent);
      if (flows.size > maxFlows) flows.delete(flows.keys().next().value ?? '');
      return countOne(sent, seq);
    },
  };
}

function countOne({ seqs, times }: Sent, seq: number): number {
  const index = seqs.lastIndexOf(seq);
  if (index >= 0) {
    const before = times[index] ?? 0;
    times[index] = before + 1;
    return before;
  }
  seqs.push(seq);
  times.push(1);
  if (seqs.length > rememberedPerFlow) {
    seqs.shift();
    times.shift();
  }
  return 0;
}
