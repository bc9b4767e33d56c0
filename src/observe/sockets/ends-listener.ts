// Hears of each socket's end in one network namespace.
import type { NetlinkSocket } from '../../system/netlink-sockets.ts';
import { lastLine } from '../../system/split-lines.ts';
import { inNetworkOf } from '../../system/tools/nsenter.ts';
import { destroyedArgv, whyNoSs } from '../../system/tools/ss.ts';
import { keepRunning } from '../keep-running.ts';
import { drained, followListening } from '../netlink-listening.ts';
import type { PodFinder } from '../pod-namespaces.ts';
import type { WitnessContext } from '../witness.ts';
import { createLineQueue } from './line-queue.ts';
import { startResuming } from './resuming-ss.ts';

export interface EndsListener {
  /** Messages that the kernel could not deliver; null when that is not known. */
  lost(): number | null;
  /** Takes what the kernel still has for it, then ends; resolves with what was lost. */
  stop(): Promise<number | null>;
}

/** `proc` as for listConnections; `onLine` hears each line with when it came. Rejects with an Error that says why in few words. */
export async function listenToEnds(
  proc: string,
  said: Pick<WitnessContext, 'failed' | 'limited'>,
  pods: Pick<PodFinder, 'disregard'>,
  now: () => number,
  onLine: (line: string, at: number) => void,
): Promise<EndsListener> {
  let gaps = 0;
  const queue = createLineQueue(now, onLine);
  const kept = await keepRunning(said, {
    name: 'ss',
    async start() {
      const program = await startResuming(
        inNetworkOf(proc, destroyedArgv),
        (line) => queue.push(line),
        // It would keep a pod's namespace alive that everybody else has left.
        ({ pid }) => pods.disregard(pid),
        () => {
          gaps += 1;
          said.limited('more sockets ended at once than ss could be told of; ends are missing', null);
        },
      );
      return { program };
    },
    ended({ program }) {
      gaps += 1;
      return `ss -E ended: ${lastLine(program.current().lastWords()) || 'it said nothing'}`;
    },
  }).catch((error: unknown) => {
    const words = String(error instanceof Error ? error.message : error);
    throw new Error(whyNoSs(words) ?? lastLine(words), { cause: error });
  });
  const running = () => kept.current().program.current();
  const socketOf = followListening();
  // How much was lost while none ran nobody counted.
  const lostOf = (socket: NetlinkSocket | undefined) =>
    socket === undefined || gaps > 0 ? null : socket.drops;
  return {
    lost: () => lostOf(socketOf(running().pid)),
    async stop() {
      const lost = lostOf(await drained(running()));
      await kept.stop();
      queue.end();
      return lost;
    },
  };
}
