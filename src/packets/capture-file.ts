// A capture that somebody made with tcpdump, dumpcap or Wireshark, read like our own: the packets around each reset become events.
import { isWritable } from '../model/clock.ts';
import type { IcmpErrorEvent, PacketEvent, SilenceEvent } from '../model/node-event.ts';
import { createFlowKeeper, defaultKeeperBounds } from './flow-keeper.ts';
import { icmpErrorEvent, readIcmpError } from './icmp-error.ts';
import { createLayers } from './layers.ts';
import type { LinkHeader } from './link-layer.ts';
import { keptPacket } from './kept-packet.ts';
import { createSilenceCounter } from './lost-after-silence.ts';
import { createRecordReader } from './record-reader.ts';
import { createRetransmissionCounter } from './retransmissions.ts';
import { silenceEvent } from './silences-between.ts';
import { readTcpHeader } from './tcp-packet.ts';
import { flowOf } from './way.ts';

export interface CaptureFileReport {
  readonly packets: number;
  /** Those with TCP in them. */
  readonly tcp: number;
  readonly kept: number;
  /** Those that may have had TCP in them, and could not be read. */
  readonly unreadable: number;
  /** What could not be read or kept, a sentence each. */
  readonly limits: readonly string[];
}

export interface CaptureFile {
  push(chunk: Buffer): void;
  /** Hands over what still waits. To be called once, after the last piece. */
  end(): CaptureFileReport;
}

/** Flows that begin at once in a file are of the past: nobody's memory but ours is at stake, and the bounds hold per flow. A file ends, and so do its RSTs. */
const bounds = {
  ...defaultKeeperBounds,
  ...{ flowsPerSecond: 2_000, packetsPerSecond: 50_000, packetsInAll: 1_000_000 },
  ...{ everyReset: true, unordered: 4_096 },
};
/** A packet's own bytes are not kept: what it says was read before. */
const noRecord = Buffer.alloc(0);
/** Of what is written beside a packet. */
const keptComment = 2_000;
/** As many errors say all that errors can say. */
const mostErrors = 20_000;

/**
 * Reads a pcap or pcapng file, whichever it turns out to be, in bounded memory. Packets of one flow are emitted in order, under the
 * name `node`. Never throws on what it reads.
 */
export function createCaptureFile(
  origin: { readonly node: string; readonly file: string },
  emit: (event: PacketEvent) => void,
  emitError: (event: IcmpErrorEvent) => void = () => undefined,
  emitSilence: (event: SilenceEvent) => void = () => undefined,
): CaptureFile {
  const retransmissions = createRetransmissionCounter();
  // A packet's link layer has numbers for interfaces, a pcapng file names: both go through the number.
  const interfaces = new Map<number, string>();
  const numbers = new Map<string, number>();
  const otherLinkTypes = new Set<number>();
  const layers = createLayers();
  const passedBy = { fragment: 0, 'cut-off': 0, other: 0, 'unknown-link': 0 };
  let packets = 0;
  let tcpPackets = 0;
  let kept = 0;
  let icmpErrors = 0;
  let ofNoTime = 0;
  const nameOf = (index: number | null) =>
    index === null ? 'unknown' : (interfaces.get(index) ?? `if${index}`);
  const names = { ...origin, nameOf };
  const keeper = createFlowKeeper(bounds, (packet) => {
    kept += 1;
    emit(keptPacket(packet, names));
  });
  const silences = createSilenceCounter((lost) => {
    const { event, text } = silenceEvent(lost);
    emitSilence({ ...event, source: 'capture', text, node: origin.node, file: origin.file });
  });
  const numberOf = (name: string): number => {
    const number = numbers.get(name) ?? -1 - numbers.size;
    numbers.set(name, number);
    interfaces.set(number, name);
    return number;
  };

  const takeError = (at: number, link: LinkHeader, data: Buffer): boolean => {
    const error = readIcmpError(data, layers.ip);
    if (error === undefined) return false;
    icmpErrors += 1;
    if (icmpErrors <= mostErrors) emitError(icmpErrorEvent(at, link, error, layers.via(), names));
    return true;
  };

  const reader = createRecordReader(
    ({ at, linkType, interfaceName, direction, comment, data, wireLength }) => {
      packets += 1;
      const carried = layers.walk(linkType, data, wireLength);
      if (carried === 'unknown-link') otherLinkTypes.add(linkType);
      if (carried !== 'tcp' && carried !== 'icmp-error') {
        passedBy[carried] += 1;
        return;
      }
      if (!isWritable(at)) {
        ofNoTime += 1;
        return;
      }
      const layer = layers.link();
      const link =
        interfaceName === null && direction === null
          ? layer
          : {
              ...layer,
              interfaceIndex:
                layer.interfaceIndex ?? (interfaceName === null ? null : numberOf(interfaceName)),
              direction: layer.direction ?? direction,
            };
      const tcp = carried === 'tcp' ? readTcpHeader(data, layers.ip) : undefined;
      if (tcp === undefined) {
        if (carried === 'tcp' || !takeError(at, link, data)) passedBy.other += 1;
        return;
      }
      tcpPackets += 1;
      const seenBefore = retransmissions.seenBefore(at, link, tcp);
      // A copy: a view into a piece of the file would keep all of it in memory.
      const beside = comment === null ? null : Buffer.from(comment.subarray(0, keptComment));
      const [flow, via] = [flowOf(tcp.way), layers.via()];
      const packet = { at, link, tcp, flow, seenBefore, via, comment: beside, record: noRecord };
      keeper.add(packet);
      silences.add(packet);
    },
  );

  return {
    push: (chunk) => reader.push(chunk),
    end() {
      silences.end();
      const left = keeper.leftOut();
      const types = [...otherLinkTypes].join(', ');
      const limits = [
        ...reader.limits(),
        passedBy['unknown-link'] > 0 &&
          `${passedBy['unknown-link']} packets of link type ${types} cannot be read`,
        passedBy.other > 0 && `${passedBy.other} packets are no TCP`,
        passedBy.fragment > 0 && `${passedBy.fragment} packets are fragments without a header of TCP`,
        passedBy['cut-off'] > 0 &&
          `${passedBy['cut-off']} packets are cut off before the end of their headers, and may be RSTs`,
        ofNoTime > 0 && `${ofNoTime} packets are of no calendar's time`,
        icmpErrors > mostErrors && `${icmpErrors - mostErrors} ICMP errors are left out`,
        left.packets > 0 && `${left.packets} packets of flows with more than can be kept are left out`,
        left.flows > 0 && `${left.flows} repetitions came too fast for their packets to be kept`,
        left.beyondAll > 0 &&
          `${left.beyondAll} more packets around resets and repetitions were counted, not kept`,
        left.crowdedOut > 0 && `${left.crowdedOut} packets had to leave the memory before their time`,
      ].filter((limit) => typeof limit === 'string');
      const unreadable = passedBy['cut-off'] + passedBy['unknown-link'] + ofNoTime;
      return { packets, tcp: tcpPackets, kept, unreadable, limits };
    },
  };
}
