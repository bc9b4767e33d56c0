// A captured packet as an event of the node.
import { formatMicros } from '../model/clock.ts';
import type { PacketEvent } from '../model/node-event.ts';
import type { CapturedPacket } from './captured-packet.ts';
import { directionWords, type PacketOrigin } from './packet-origin.ts';
import { readComment } from './packet-comment.ts';
import { formatFlags } from './tcp-packet.ts';
import { tupleOf } from './way.ts';

export function packetEvent(
  { at, link, tcp, seenBefore, via, comment }: CapturedPacket,
  origin: PacketOrigin,
): PacketEvent {
  const { way, ttl, ipId, dontFragment, seq, ack, window, ipLength, payloadLength, hasTimestampOption } = tcp;
  const beside = readComment(comment);
  const fields = {
    event: 'packet',
    at: formatMicros(Math.floor(at)),
    source: 'capture',
    text: '',
    node: origin.node,
    file: origin.file,
    interface: origin.nameOf(link.interfaceIndex),
    // Only captures from elsewhere do not tell the direction.
    direction: link.direction ?? 'unknown',
    tuple: tupleOf(way),
    flags: formatFlags(tcp.flags),
    seq,
    ack,
    window,
    ttl,
    ipId,
    dontFragment,
    ipLength,
    payloadLength,
    hasTimestampOption,
    retransmission: payloadLength > 0 && seenBefore > 0,
    ...beside.fields,
  } as const;
  return { ...fields, text: packetText(fields, via, beside.words) };
}

/**
 * Written like a line of tcpdump -v, with the fields that tell who made a RST.
 * @param beside What a comment adds to it.
 */
export function packetText(packet: Omit<PacketEvent, 'text'>, via: string | null, beside: string): string {
  const { interface: name, direction, tuple, flags, seq, ack, window, payloadLength, ttl, ipId } = packet;
  const { dontFragment, hasTimestampOption, ipLength } = packet;
  return (
    `${name} ${directionWords[direction]} ${tuple.src}.${tuple.sport} > ${tuple.dst}.${tuple.dport}: Flags [${flags}], ` +
    `seq ${seq}, ack ${ack}, win ${window}, length ${payloadLength}, ttl ${ttl}, id ${ipId}, ` +
    `${dontFragment ? 'DF, ' : ''}${hasTimestampOption === null ? 'options cut off, ' : hasTimestampOption ? 'TS, ' : ''}IP length ${ipLength}` +
    `${via === null ? '' : `, via ${via}`}${beside}`
  );
}
