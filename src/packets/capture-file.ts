// A capture that somebody made with tcpdump, dumpcap or Wireshark, read like our own: the packets around each reset become events.
import { isWritable } from '../model/clock.ts';
import type { PacketEvent } from '../model/node-event.ts';
import { flowKey, isCutOff, readTcp } from './captured-packet.ts';
import { createFlowKeeper, defaultKeeperBounds } from './flow-keeper.ts';
import { isKnownLinkType } from './link-layer.ts';
import { packetEvent } from './packet-event.ts';
import { createPcapReader } from './pcap-reader.ts';
import { createPcapngReader, sectionHeader } from './pcapng-reader.ts';
import { createRetransmissionCounter } from './retransmissions.ts';

export interface CaptureFileReport {
  readonly packets: number;
  readonly kept: number;
  /** What could not be read or kept, a sentence each. */
  readonly limits: readonly string[];
}

export interface CaptureFile {
  push(chunk: Buffer): void;
  /** Hands over what still waits. To be called once, after the last piece. */
  end(): CaptureFileReport;
}

/** Flows that begin at once in a file are of the past: nobody's memory but ours is at stake, and the bounds hold per flow. A file ends, and so do its RSTs. */
const bounds = { ...defaultKeeperBounds, flowsPerSecond: 2_000, packetsPerSecond: 50_000, everyReset: true };
/** Of the capture's time: well within what the keeper's memory reaches back beyond a trouble's past. */
const settleEveryMicros = 500_000;
/** Of each packet in memory; what it says was read before. */
const keptLength = 128;

interface RawPacket {
  readonly at: number;
  readonly linkType: number;
  /** Null where only the link layer may tell. */
  readonly interfaceName: string | null;
  readonly direction: 'in' | 'out' | null;
  readonly data: Buffer;
  readonly wireLength: number;
}

/**
 * Reads a pcap or pcapng file, whichever it turns out to be, in bounded memory. Packets of one flow are emitted in order, under the
 * name `node`. Never throws on what it reads.
 */
export function createCaptureFile(
  origin: { readonly node: string; readonly file: string },
  emit: (event: PacketEvent) => void,
): CaptureFile {
  const retransmissions = createRetransmissionCounter();
  // A packet's link layer has numbers for interfaces, a pcapng file names: both go through the number.
  const names = new Map<number, string>();
  const numbers = new Map<string, number>();
  const otherLinkTypes = new Set<number>();
  let packets = 0;
  let kept = 0;
  let otherProtocols = 0;
  let cutOff = 0;
  let ofNoTime = 0;
  let settledAt = 0;
  const nameOf = (index: number | null) => (index === null ? 'unknown' : (names.get(index) ?? `if${index}`));
  const keeper = createFlowKeeper(bounds, (packet) => {
    kept += 1;
    emit(packetEvent(packet, { ...origin, nameOf }));
  });
  const numberOf = (name: string): number => {
    const number = numbers.get(name) ?? -1 - numbers.size;
    numbers.set(name, number);
    names.set(number, name);
    return number;
  };

  const add = ({ at, linkType, interfaceName, direction, data, wireLength }: RawPacket) => {
    packets += 1;
    if (!isKnownLinkType(linkType)) {
      otherLinkTypes.add(linkType);
      return;
    }
    if (!isWritable(at)) {
      ofNoTime += 1;
      return;
    }
    const record = { at, data, wireLength, bytes: data };
    const layers = readTcp(linkType, record);
    if (layers === undefined) {
      if (isCutOff(linkType, record)) cutOff += 1;
      else otherProtocols += 1;
      return;
    }
    const link = {
      ...layers.link,
      interfaceIndex: layers.link.interfaceIndex ?? (interfaceName === null ? null : numberOf(interfaceName)),
      direction: layers.link.direction ?? direction,
    };
    const { tcp } = layers;
    const seenBefore = retransmissions.seenBefore(at, link, tcp);
    // A copy: views into the pieces of a file would keep all of it in memory.
    const bytes = Buffer.from(data.subarray(0, keptLength));
    keeper.add({ at, link, tcp, flow: flowKey(tcp), seenBefore, record: bytes });
    if (Math.abs(at - settledAt) < settleEveryMicros) return;
    settledAt = at;
    keeper.settle();
  };

  let linkType = -1;
  const pcap = createPcapReader({
    onHeader: (header) => (linkType = header.linkType),
    onRecord: ({ at, data, wireLength }) =>
      add({ at, linkType, interfaceName: null, direction: null, data, wireLength }),
  });
  const pcapng = createPcapngReader(({ at, from, direction, data, wireLength }) =>
    add({ at, linkType: from.linkType, interfaceName: from.name, direction, data, wireLength }),
  );
  let head: Buffer = Buffer.alloc(0);
  let reader: { push(chunk: Buffer): void; problem(): string | null } | undefined;

  return {
    push(chunk) {
      if (reader === undefined) {
        head = Buffer.concat([head, chunk]);
        if (head.length < 4) return;
        reader = head.readUInt32BE(0) === sectionHeader ? pcapng : pcap;
        reader.push(head);
      } else {
        reader.push(chunk);
      }
    },
    end() {
      keeper.settle();
      const left = keeper.leftOut();
      const types = [...otherLinkTypes].join(', ');
      const limits = [
        (reader ?? pcap).problem(),
        otherLinkTypes.size > 0 && `packets of link type ${types} cannot be read`,
        otherProtocols > 0 && `${otherProtocols} packets are no TCP`,
        cutOff > 0 && `${cutOff} packets are cut off before the end of their headers, and may be RSTs`,
        ofNoTime > 0 && `${ofNoTime} packets are of no calendar's time`,
        pcapng.leftOut.timeless > 0 && `${pcapng.leftOut.timeless} packets have no time`,
        pcapng.leftOut.broken > 0 &&
          `${pcapng.leftOut.broken} packets have no interface, or are shorter than they say`,
        left.packets > 0 && `${left.packets} packets of flows with more than can be kept are left out`,
        left.flows > 0 && `${left.flows} repetitions came too fast for their packets to be kept`,
        left.crowdedOut > 0 && `${left.crowdedOut} packets had to leave the memory before their time`,
      ].filter((limit) => typeof limit === 'string');
      return { packets, kept, limits };
    },
  };
}
