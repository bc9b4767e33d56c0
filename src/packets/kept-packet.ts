// A packet of somebody's capture as an event. A capture has hundreds of thousands around its resets, and of few is the line ever
// printed: it is written when it is asked for.
import { formatMicros } from '../model/clock.ts';
import type { PacketEvent } from '../model/node-event.ts';
import type { CapturedPacket } from './captured-packet.ts';
import { packetEvent, packetText } from './packet-event.ts';
import type { PacketOrigin } from './packet-origin.ts';
import { formatFlags } from './tcp-packet.ts';
import { tupleOf } from './way.ts';

/** The same as `packetEvent`; the line is written when it is asked for, and is no property of the packet's own. */
export const keptPacket = (packet: CapturedPacket, origin: PacketOrigin): PacketEvent =>
  packet.comment === null ? new KeptPacket(packet, origin) : packetEvent(packet, origin);

class KeptPacket implements PacketEvent {
  readonly event = 'packet';
  readonly source = 'capture';
  readonly at: string;
  readonly node: string;
  readonly file: string;
  readonly interface: string;
  readonly direction: PacketEvent['direction'];
  readonly tuple: PacketEvent['tuple'];
  readonly flags: string;
  readonly seq: number;
  readonly ack: number;
  readonly window: number;
  readonly ttl: number;
  readonly ipId: number;
  readonly dontFragment: boolean;
  readonly ipLength: number;
  readonly payloadLength: number;
  readonly hasTimestampOption: boolean | null;
  readonly retransmission: boolean;
  /** The tunnels that it was in. */
  readonly via: string | null;

  constructor({ at, link, tcp, seenBefore, via }: CapturedPacket, origin: PacketOrigin) {
    this.at = formatMicros(Math.floor(at));
    this.node = origin.node;
    this.file = origin.file;
    this.interface = origin.nameOf(link.interfaceIndex);
    this.direction = link.direction ?? 'unknown';
    this.tuple = tupleOf(tcp.way);
    this.flags = formatFlags(tcp.flags);
    this.seq = tcp.seq;
    this.ack = tcp.ack;
    this.window = tcp.window;
    this.ttl = tcp.ttl;
    this.ipId = tcp.ipId;
    this.dontFragment = tcp.dontFragment;
    this.ipLength = tcp.ipLength;
    this.payloadLength = tcp.payloadLength;
    this.hasTimestampOption = tcp.hasTimestampOption;
    this.retransmission = tcp.payloadLength > 0 && seenBefore > 0;
    this.via = via;
  }

  get text(): string {
    return packetText(this, this.via, '');
  }
}
