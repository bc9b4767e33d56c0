// Captures TCP on all interfaces of a node and keeps the packets around each reset; and ICMP errors about TCP.
import { loopback } from '../model/loopback.ts';
import { Problem } from '../model/problem.ts';
import { startProgram, type Program } from '../system/process.ts';
import { endingWithUs } from '../system/ending-with-us.ts';
import type { RawFile, RunningWitness, Witness, WitnessContext } from './witness.ts';
import { readErrorAboutTcp, readTcp, type CapturedPacket } from '../packets/captured-packet.ts';
import { createFlowKeeper, defaultKeeperBounds, type LeftOut } from '../packets/flow-keeper.ts';
import { keepRunning } from './keep-running.ts';
import { createInterfaceNames, type InterfaceNames } from './interface-names.ts';
import { icmpErrorEvent } from '../packets/icmp-error.ts';
import { packetEvent } from '../packets/packet-event.ts';
import { parseLinkHeader } from '../packets/link-layer.ts';
import { createPcapReader, type PcapHeader, type PcapRecord } from '../packets/pcap-reader.ts';
import { createRetransmissionCounter } from '../packets/retransmissions.ts';
import { tcpFlags } from '../packets/tcp-packet.ts';
import { flowOf } from '../packets/way.ts';
import { inNetns } from '../system/tools/ip-netns.ts';
import {
  captureCounts,
  captureFilter,
  hasCaughtUp,
  lostPackets,
  saysListening,
  tcpdumpArgv,
  whyEnded,
} from '../system/tools/tcpdump.ts';

/** Without immediate mode the kernel hands packets over once a second. */
const handOverMs = 1_300;
/** How long a capture may take to catch up when it is stopped. */
const catchUpMs = 5_000;
/** Within one second of the capture's time; a kernel sends few, and whoever sends many says nothing new. */
const errorsPerSecond = 200;
/** Where packets are handed over late anyway, they are read in few large pieces. */
const gatherMs = 200;
const readyWithinMs = 10_000;

export const capture: Witness = {
  name: 'capture',
  extension: 'pcap',
  share: 20,
  async start(context) {
    const { capture: scope } = context;
    const names = createInterfaceNames(context.netns);
    await names.refresh();
    const keeper = keepPackets(context, names);
    let lost = 0;
    const tcpdump = await keepRunning(context, {
      name: 'tcpdump',
      start: () => startTcpdump(context, keeper),
      ended(tool) {
        lost += tool.lost() ?? 0;
        return `tcpdump ended: ${whyEnded(tool.program.lastWords())}`;
      },
    });
    return {
      scope: `${captureFilter(scope)}, on all interfaces; kept: 5 s before and 2 s after a RST, a repeated SYN or data sent three times, and ICMP errors about TCP`,
      takes: ['icmp-errors'],
      onLinkChange: () => void names.refresh(),
      async stop() {
        // On a busy machine tcpdump may be seconds behind; what it still holds is part of the run.
        if (scope.immediate) await tcpdump.current().caughtUp(catchUpMs);
        await keeper.quiet(scope.immediate ? 30 : handOverMs, catchUpMs);
        await tcpdump.stop();
        const text = keeper.end();
        const last = tcpdump.current().lost();
        return { lost: last === null ? null : lost + last, text };
      },
    } satisfies RunningWitness;
  },
};

interface Tcpdump {
  readonly program: Program;
  /** Packets that it did not get, once it has ended. */
  lost(): number | null;
  /** Resolves when it has captured what the kernel has for it, at the latest after `atMostMs`. */
  caughtUp(atMostMs: number): Promise<void>;
}

async function startTcpdump(context: WitnessContext, keeper: PacketKeeping): Promise<Tcpdump> {
  const { capture: scope } = context;
  keeper.begin();
  let said = '';
  let heard = 0;
  let hadCaughtUp = false;
  const ready = Promise.withResolvers<undefined>();
  const program = startProgram(endingWithUs(inNetns(context.netns, tcpdumpArgv(scope))), {
    onStdout: (chunk) => keeper.push(chunk),
    ...(scope.immediate ? {} : { gatherMs }),
    onStderr(chunk) {
      // It says little before it listens, and its last counts are what matters later.
      said = `${said}${chunk.toString('utf8')}`.slice(-4_000);
      if (saysListening(said)) ready.resolve(undefined);
      heard += 1;
    },
  });
  const ended = program.exited.then(() => {
    throw new Problem('fault', whyEnded(program.lastWords()));
  });
  ended.catch(() => undefined);
  const timer = setTimeout(
    () => ready.reject(new Problem('fault', 'tcpdump does not begin to capture')),
    readyWithinMs,
  );
  try {
    await Promise.race([ready.promise, ended]);
  } catch (error) {
    await program.stop('SIGKILL');
    throw error;
  } finally {
    clearTimeout(timer);
  }
  /** Asks for the counts and waits until something is said. */
  const ask = async (deadline: number): Promise<void> => {
    const before = heard;
    program.signal('SIGUSR1');
    while (heard === before && performance.now() < deadline) await shortPause();
  };
  return {
    program,
    lost() {
      const counts = captureCounts(said);
      return counts === null ? null : lostPackets(counts, { looped: keeper.looped(), hadCaughtUp });
    },
    async caughtUp(atMostMs) {
      const deadline = performance.now() + atMostMs;
      for (;;) {
        await ask(deadline);
        const counts = captureCounts(said);
        if (counts === null || performance.now() >= deadline) return;
        hadCaughtUp = hasCaughtUp(counts, keeper.looped());
        if (hadCaughtUp) return;
        await shortPause();
      }
    },
  };
}

const shortPause = () => new Promise((resolve) => setTimeout(resolve, 10));

interface PacketKeeping {
  /** A new capture begins: its header comes first. */
  begin(): void;
  push(chunk: Buffer): void;
  /** Packets of this capture that came in by the loopback. */
  looped(): number;
  /** Resolves when no packet has come for `forMs`, or after `atMostMs`. */
  quiet(forMs: number, atMostMs: number): Promise<void>;
  /** Writes what still waits; says what was kept and what was not. */
  end(): string;
}

function keepPackets(context: WitnessContext, names: InterfaceNames): PacketKeeping {
  const monotonic = () => context.clock.monotonic();
  let raw: RawFile | undefined;
  let linkType = -1;
  let seen = 0;
  let kept = 0;
  let unreadable = 0;
  let looped = 0;
  let toldLeftOut = false;
  let lastChunk = monotonic();
  const origin = { node: context.node, file: context.file, nameOf: names.nameOf };
  const retransmissions = createRetransmissionCounter();
  const keeper = createFlowKeeper(defaultKeeperBounds, (packet) => {
    kept += 1;
    raw?.write(packet.record);
    const event = packetEvent(packet, origin);
    context.emit(event, event.text);
  });

  const onHeader = (header: PcapHeader) => {
    linkType = header.linkType;
    raw ??= context.openRaw(Buffer.from(header.bytes));
  };
  const onPacket = (packet: CapturedPacket) => {
    const index = packet.link.interfaceIndex;
    if (index !== null && !names.knows(index)) void names.refresh();
    keeper.add(packet);
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
    async quiet(forMs, atMostMs) {
      const asked = monotonic();
      for (;;) {
        const now = monotonic();
        if (now - Math.max(lastChunk, asked) >= forMs || now - asked >= atMostMs) return;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    end() {
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

function describeLeftOut({ packets, flows, crowdedOut }: LeftOut, tooFast: string): string[] {
  return [
    packets > 0 &&
      `${packets} packets of flows in trouble were left out by the bounds per flow and per second`,
    flows > 0 && `${flows} resets or repetitions came too fast ${tooFast}`,
    crowdedOut > 0 && `${crowdedOut} packets had to leave the memory before their time`,
  ].filter((part) => part !== false);
}
