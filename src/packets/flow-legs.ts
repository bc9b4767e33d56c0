// The other legs of a translated flow: translation changes addresses and ports, but not the sequence numbers.
import type { CapturedPacket } from './captured-packet.ts';
import { tcpFlags } from './tcp-packet.ts';

/**
 * Adds to `flows` (flow → what is wanted of it) every flow among `packets` that carried a packet with the numbers of a packet of
 * theirs: the same packet, seen under other addresses. Of it the same is wanted.
 */
export function otherLegs<T>(
  flows: ReadonlyMap<string, T>,
  packets: readonly CapturedPacket[],
): Map<string, T> {
  const numbers = new Map<string, T>();
  for (const packet of packets) {
    const wanted = flows.get(packet.flow);
    const key = wanted === undefined ? undefined : identity(packet);
    if (wanted !== undefined && key !== undefined) numbers.set(key, wanted);
  }
  const all = new Map(flows);
  for (const packet of packets) {
    if (all.has(packet.flow)) continue;
    const key = identity(packet);
    const wanted = key === undefined ? undefined : numbers.get(key);
    if (wanted !== undefined) all.set(packet.flow, wanted);
  }
  return all;
}

/** What no other flow's packets share but by chance of 2^-32 and less; pure acknowledgements of an idle flow are too alike. */
function identity({ tcp: { seq, ack, flags, payloadLength } }: CapturedPacket): string | undefined {
  const telling = payloadLength > 0 || (flags & (tcpFlags.syn | tcpFlags.rst)) !== 0;
  return telling ? `${seq} ${ack} ${flags} ${payloadLength}` : undefined;
}
