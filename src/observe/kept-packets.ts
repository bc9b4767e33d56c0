// What a node's capture keeps of the packets that tcpdump hands over, and tells: those around a trouble, and ICMP errors about TCP.
import type { Micros } from '../model/clock.ts';
import { loopback } from '../model/loopback.ts';
import type { RawFile, WitnessContext } from './witness.ts';
import { readErrorAboutTcp, readTcp, type CapturedPacket } from '../packets/captured-packet.ts';
import { createFlowKeeper, defaultKeeperBounds } from '../packets/flow-keeper.ts';
import { describeLeftOut } from './left-out-words.ts';
import type { OnData, PortData } from './port-data.ts';
import type { InterfaceNames } from './interface-names.ts';
import { icmpErrorEvent } from '../packets/icmp-error.ts';
import { createSilenceCounter } from '../packets/lost-after-silence.ts';
import { silenceEvent } from '../packets/silences-between.ts';
import { packetEvent } from '../packets/packet-event.ts';
import { parseLinkHeader } from '../packets/link-layer.ts';
import { createPcapReader, type PcapHeader, type PcapRecord } from '../packets/pcap-reader.ts';
import { createRetransmissionCounter } from '../packets/retransmissions.ts';
import { tcpFlags } from '../packets/tcp-packet.ts';
import { flowOf, tupleOf } from '../packets/way.ts';

/** Within one second of the capture's time; a kernel sends few, and whoever sends many says nothing new. */
const errorsPerSecond = 200;
/** So far our clock may be behind the kernel's (src/model/clock.ts). */
const clockToleranceMicros = 20_000;

export interface PacketKeeping {
  /** To be called once, before anything comes: of which ports data comes with the rest, and who tells of other data. */
  read(ports: readonly number[], data: PortData | undefined): void;
  /** What the ring had of a flow in trouble. */
  readonly tell: OnData;
  /** A new capture begins: its header comes first. */
  begin(): void;
  push(chunk: Buffer): void;
  /** Packets of this capture that came in by the loopback. */
  looped(): number;
  /** What passes after this moment, which it says, is not kept. */
  endNow(): Micros;
  /** Whether a packet came that passed after the end: all before it have come. */
  isPastEnd(): boolean;
  /** Resolves when no packet has come for `forMs`, when one of after the end came, or after `atMostMs`. */
  quiet(forMs: number, atMostMs: number): Promise<void>;
  /** Writes what still waits; says what was kept and what was not. */
  end(): string;
}

/** What it needs of the witness that captures. */
export type KeepingContext = Pick<
  WitnessContext,
  'clock' | 'node' | 'file' | 'openRaw' | 'emit' | 'sawReset' | 'limited'
>;

export function keepPackets(context: KeepingContext, names: InterfaceNames): PacketKeeping {
  const monotonic = () => context.clock.monotonic();
  let raw: RawFile | undefined;
  let linkType = -1;
  let seen = 0;
  let kept = 0;
  let unreadable = 0;
  let looped = 0;
  let toldLeftOut = false;
  let lastChunk = monotonic();
  let [endsAt, pastEnd] = [Number.POSITIVE_INFINITY, false];
  const origin = { node: context.node, file: context.file, nameOf: names.nameOf };
  const retransmissions = createRetransmissionCounter();
  const silences = createSilenceCounter((lost) => {
    const { event, text } = silenceEvent(lost);
    context.emit(event, text);
  });
  let data: PortData | undefined;
  const keep = (packet: CapturedPacket) => {
    kept += 1;
    raw?.write(packet.record);
    const event = packetEvent(packet, origin);
    context.emit(event, event.text);
  };
  let keeper = createFlowKeeper(defaultKeeperBounds, keep);

  const onHeader = (header: PcapHeader) => {
    linkType = header.linkType;
    raw ??= context.openRaw(Buffer.from(header.bytes));
  };
  const onPacket = (packet: CapturedPacket) => {
    const index = packet.link.interfaceIndex;
    if (index !== null && !names.knows(index)) void names.refresh();
    keeper.add(packet);
    silences.add(packet);
    if ((packet.tcp.flags & tcpFlags.fin) !== 0) data?.sawFin(tupleOf(packet.tcp.way), packet.at);
    if ((packet.tcp.flags & tcpFlags.rst) !== 0) context.sawReset();
  };
  let [second, errorsThisSecond, errorsLeftOut] = [0, 0, 0];
  const takeError = (record: PcapRecord): boolean => {
    const read = readErrorAboutTcp(linkType, record);
    if (read === undefined) return false;
    const now = Math.floor(record.at / 1e6);
    errorsThisSecond = now === second ? errorsThisSecond + 1 : 1;
    second = now;
    if (errorsThisSecond > errorsPerSecond) {
      errorsLeftOut += 1;
      if (errorsLeftOut === 1)
        context.limited('ICMP errors came too fast for all to be kept', null, ['icmp-errors']);
      return true;
    }
    raw?.write(record.bytes);
    const event = icmpErrorEvent(record.at, read.link, read.error, read.via, origin);
    context.emit(event, event.text);
    // Whatever moves with a refusal is worth reading as much.
    context.sawReset();
    return true;
  };
  const tellLeftOut = () => {
    if (toldLeftOut) return;
    const left = describeLeftOut(keeper.leftOut(), 'for their packets to be kept');
    toldLeftOut = left.length > 0;
    if (toldLeftOut) context.limited(`${left.join('; ')}; the last line tells how many in all`, null);
  };
  const newReader = () =>
    createPcapReader({
      onHeader,
      onRecord(record) {
        pastEnd ||= record.at > endsAt;
        if (pastEnd) return;
        seen += 1;
        const layers = readTcp(linkType, record);
        const passed = layers?.link ?? parseLinkHeader(linkType, record.data);
        if (passed?.direction === 'in' && names.nameOf(passed.interfaceIndex) === loopback) looped += 1;
        if (layers === undefined) {
          if (!takeError(record)) unreadable += 1;
          return;
        }
        const { link, tcp, via } = layers;
        const seenBefore = retransmissions.seenBefore(record.at, link, tcp);
        const packet = { at: record.at, link, tcp, flow: flowOf(tcp.way), seenBefore, via, comment: null };
        onPacket({ ...packet, record: record.bytes });
      },
    });
  let reader = newReader();

  return {
    read(ports, other) {
      data = other;
      keeper = createFlowKeeper({ ...defaultKeeperBounds, servedPorts: new Set(ports) }, keep);
    },
    tell(packets, flow, endsUnanswered) {
      for (const packet of packets) if (packet.at <= endsAt) keep(packet);
      if (endsUnanswered !== null) keeper.trouble(flow, endsUnanswered);
    },
    begin() {
      reader = newReader();
      looped = 0;
    },
    looped: () => looped,
    push(chunk) {
      lastChunk = monotonic();
      reader.push(chunk);
      tellLeftOut();
    },
    endNow() {
      const now = context.clock.now();
      endsAt = now + clockToleranceMicros;
      return now;
    },
    isPastEnd: () => pastEnd,
    async quiet(forMs, atMostMs) {
      const asked = monotonic();
      while (!pastEnd) {
        const now = monotonic();
        if (now - Math.max(lastChunk, asked) >= forMs || now - asked >= atMostMs) return;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    end() {
      silences.end();
      const left = [
        ...describeLeftOut(keeper.leftOut(), 'to be kept'),
        unreadable > 0 && `${unreadable} were no TCP packets or cut off`,
        errorsLeftOut > 0 && `${errorsLeftOut} ICMP errors came too fast to be kept`,
        reader.problem() !== null && seen > 0 && reader.problem(),
      ].filter((part) => typeof part === 'string');
      return [`${seen} packets seen, ${kept} kept`, ...left].join('; ');
    },
  };
}
