// Captures TCP on all interfaces of a node and keeps the packets around each reset; and ICMP errors about TCP.
import { formatMicros } from '../model/clock.ts';
import { Problem } from '../model/problem.ts';
import { startProgram, type Program } from '../system/process.ts';
import { endingWithUs } from '../system/ending-with-us.ts';
import type { RunningWitness, Witness, WitnessContext } from './witness.ts';
import { portDataOf } from './port-data.ts';
import { keepPackets, type PacketKeeping } from './kept-packets.ts';
import { keepRunning } from './keep-running.ts';
import { createInterfaceNames } from './interface-names.ts';
import { inNetworkOf } from '../system/tools/nsenter.ts';
import {
  captureCounts,
  captureFilter,
  hasCaughtUp,
  lostPackets,
  saysListening,
  tcpdumpArgv,
  whyEnded,
  type CaptureScope,
} from '../system/tools/tcpdump.ts';

/** Without immediate mode the kernel hands packets over once a second. */
const handOverMs = 1_300;
/** How long a capture may take to catch up when it is stopped. */
const catchUpMs = 5_000;
/** Where packets are handed over late anyway, they are read in few large pieces. */
const gatherMs = 200;
const readyWithinMs = 10_000;

export const capture: Witness = {
  name: 'capture',
  extension: 'pcap',
  share: 20,
  async start(context) {
    const names = createInterfaceNames(context.netns);
    await names.refresh();
    const keeper = keepPackets(context, names);
    const { data, whyNot } = await portDataOf(context, keeper.tell);
    const scope = data === undefined ? context.capture : withoutData;
    keeper.read(scope.ports, data);
    let lost = 0;
    const tcpdump = await keepRunning(context, {
      name: 'tcpdump',
      start: () => startTcpdump(context, scope, keeper),
      ended(tool) {
        lost += tool.lost() ?? 0;
        return `tcpdump ended: ${whyEnded(tool.program.lastWords())}`;
      },
    }).catch(async (error: unknown) => {
      await data?.stop();
      throw error;
    });
    return {
      scope: `${captureFilter(scope)}, on all interfaces; kept: 5 s before and 2 s after ${troubles(scope)}, and ICMP errors about TCP${data === undefined ? '' : `; and the last ${data.named} of connections in trouble`}`,
      ...(whyNot === null ? {} : { limit: { text: whyNot, blindTo: [] } }),
      ...(data === undefined ? {} : { onTold: (event) => data.hear(event) }),
      takes: ['icmp-errors'],
      onLinkChange: () => void names.refresh(),
      async stop() {
        // What passes from now on no other witness sees: told by the capture alone, it would be a loss that nobody can explain.
        const readUntil = formatMicros(keeper.endNow());
        // On a busy machine tcpdump may be seconds behind; what it still holds is part of the run.
        if (scope.immediate) await tcpdump.current().caughtUp(catchUpMs);
        await keeper.quiet(scope.immediate ? 30 : handOverMs, catchUpMs);
        const notTold = (await data?.stop()) ?? [];
        await tcpdump.stop();
        const text = [keeper.end(), ...notTold].join('; ');
        const last = tcpdump.current().lost();
        return { lost: last === null ? null : lost + last, text, readUntil };
      },
    } satisfies RunningWitness;
  },
};

/** What the capture itself takes where the data is held in a ring: little, and at once. */
const withoutData: CaptureScope = { packets: 'flags', ports: [], immediate: true };

const troubles = ({ ports }: CaptureScope): string =>
  ports.length === 0
    ? 'a RST, a repeated SYN or data sent three times'
    : 'a RST, a repeated SYN, data sent three times or a FIN that leaves a question unanswered';

interface Tcpdump {
  readonly program: Program;
  /** Packets that it did not get, once it has ended. */
  lost(): number | null;
  /** Resolves when it has captured what the kernel has for it or what passed before the end, at the latest after `atMostMs`. */
  caughtUp(atMostMs: number): Promise<void>;
}

async function startTcpdump(
  context: WitnessContext,
  scope: CaptureScope,
  keeper: PacketKeeping,
): Promise<Tcpdump> {
  keeper.begin();
  let said = '';
  let heard = 0;
  let hadCaughtUp = false;
  const ready = Promise.withResolvers<undefined>();
  const program = startProgram(endingWithUs(inNetworkOf(context.proc, tcpdumpArgv(scope))), {
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
      const hadAll = hadCaughtUp || keeper.isPastEnd();
      return counts === null ? null : lostPackets(counts, { looped: keeper.looped(), hadCaughtUp: hadAll });
    },
    async caughtUp(atMostMs) {
      const deadline = performance.now() + atMostMs;
      for (;;) {
        if (keeper.isPastEnd()) return;
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
