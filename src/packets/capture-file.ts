// A capture that somebody made with tcpdump, dumpcap or Wireshark, read like our own: the packets around each reset become events.
import { isWritable } from '../model/clock.ts';
import type { PacketEvent } from '../model/node-event.ts';
import { flowKey, readTcp } from './captured-packet.ts';
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

/** Flows that begin at once in a file are of the past: nobody's memory but ours is at stake, and the bounds hold per flow. */
const bounds = { ...defaultKeeperBounds, flowsPerSecond: 2_000, packetsPerSecond: 50_000, everyReset: true };
/** Of the capture's time: well within what the keeper's memory reaches back beyond a trouble's past. */
const settleEveryMicros = 500_000;
/** Enough for all headers; the rest would only fill memory. */
const headersLength = 128;

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
  let unreadable = 0;
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
    // A copy: views into the pieces of a file would keep all of it in memory.
    const bytes = Buffer.from(data.subarray(0, headersLength));
    const record = { at, data: bytes, wireLength, bytes };
    const layers = isWritable(at) ? readTcp(linkType, record) : undefined;
    if (layers === undefined) {
      unreadable += 1;
      return;
    }
    const link = {
      ...layers.link,
      interfaceIndex: layers.link.interfaceIndex ?? (interfaceName === null ? null : numberOf(interfaceName)),
      direction: layers.link.direction ?? direction,
    };
    const { tcp } = layers;
    const seenBefore = retransmissions.seenBefore(at, link, tcp);
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
        unreadable > 0 && `${unreadable} packets are no TCP, cut off, or of no calendar's time`,
        pcapng.leftOut > 0 && `${pcapng.leftOut} packets have no time or no interface`,
        left.packets + left.flows + left.crowdedOut > 0 &&
          `${left.packets} packets, ${left.flows} resets and ${left.crowdedOut} packets before resets were too many to be kept`,
      ].filter((limit) => typeof limit === 'string');
      return { packets, kept, limits };
    },
  };
}
