// A captured packet as an event of the node.
import { formatMicros } from '../model/clock.ts';
import type { PacketEvent } from '../model/node-event.ts';
import type { CapturedPacket } from './captured-packet.ts';
import { directionWords, type PacketOrigin } from './packet-origin.ts';
import { readComment } from './packet-comment.ts';
import { formatFlags } from './tcp-packet.ts';

/** `text` is written like a line of tcpdump -v, with the fields that tell who made a RST. */
export function packetEvent(
  { at, link, tcp, seenBefore, via, comment }: CapturedPacket,
  origin: PacketOrigin,
): PacketEvent {
  const { tuple, ttl, ipId, dontFragment, seq, ack, window, ipLength, payloadLength, hasTimestampOption } =
    tcp;
  const name = origin.nameOf(link.interfaceIndex);
  // Only captures from elsewhere do not tell the direction.
  const direction = link.direction ?? 'unknown';
  const flags = formatFlags(tcp.flags);
  const beside = readComment(comment);
  const text =
    `${name} ${directionWords[direction]} ${tuple.src}.${tuple.sport} > ${tuple.dst}.${tuple.dport}: Flags [${flags}], ` +
    `seq ${seq}, ack ${ack}, win ${window}, length ${payloadLength}, ttl ${ttl}, id ${ipId}, ` +
    `${dontFragment ? 'DF, ' : ''}${hasTimestampOption === null ? 'options cut off, ' : hasTimestampOption ? 'TS, ' : ''}IP length ${ipLength}` +
    `${via === null ? '' : `, via ${via}`}${beside.words}`;
  return {
    event: 'packet',
    at: formatMicros(Math.floor(at)),
    source: 'capture',
    text,
    node: origin.node,
    file: origin.file,
    interface: name,
    direction,
    tuple,
    flags,
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
  };
}
