// The other legs of a translated flow: translation changes addresses and ports, but not the sequence numbers.
import type { CapturedPacket } from './captured-packet.ts';
import { tcpFlags } from './tcp-packet.ts';

/**
 * Adds to `flows` (flow → time of its trouble) every flow among `packets` that carried a packet with the numbers of a packet of
 * theirs: the same packet, seen under other addresses.
 */
export function otherLegs(
  flows: ReadonlyMap<string, number>,
  packets: readonly CapturedPacket[],
): Map<string, number> {
  const numbers = new Map<string, number>();
  for (const packet of packets) {
    const at = flows.get(packet.flow);
    const key = at === undefined ? undefined : identity(packet);
    if (at !== undefined && key !== undefined) numbers.set(key, at);
  }
  const all = new Map(flows);
  for (const packet of packets) {
    if (all.has(packet.flow)) continue;
    const key = identity(packet);
    const at = key === undefined ? undefined : numbers.get(key);
    if (at !== undefined) all.set(packet.flow, at);
  }
  return all;
}

/** What no other flow's packets share but by chance of 2^-32 and less; pure acknowledgements of an idle flow are too alike. */
function identity({ tcp: { seq, ack, flags, payloadLength } }: CapturedPacket): string | undefined {
  const telling = payloadLength > 0 || (flags & (tcpFlags.syn | tcpFlags.rst)) !== 0;
  return telling ? `${seq} ${ack} ${flags} ${payloadLength}` : undefined;
}
