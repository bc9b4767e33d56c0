// ss -E ends when the kernel has more for it than fits its socket's buffer; it is started again at once, as often as that happens.
import { pause } from '../../system/pause.ts';
import type { Exit, Program } from '../../system/process.ts';
import { lastLine } from '../../system/split-lines.ts';
import { startListening } from '../netlink-listening.ts';

export interface ResumingSs {
  /** The one that runs, or ran last. */
  current(): Program;
  /** Resolves when it has ended for another reason; what that was, `current` has said. */
  readonly exited: Promise<Exit>;
  stop(): Promise<Exit>;
}

const tries = 20;
const betweenTriesMs = 250;

/** What libnetlink says; ENOBUFS is what it gets when messages were thrown away. */
const overran = /No buffer space available/;

/**
 * Resolves when it listens. `onStart` hears of each process, and returns what is to be called when that has ended; `onOverrun` is called
 * when ss listens again.
 */
export async function startResuming(
  argv: readonly string[],
  onLine: (line: string) => void,
  onStart: (program: Program) => () => void,
  onOverrun: () => void,
): Promise<ResumingSs> {
  let stopping = false;
  const start = async () => {
    const program = await startListening(argv, onLine);
    return { program, takeBack: onStart(program) };
  };
  /** While a burst lasts, a new one may end before it is known to listen. */
  const startAgain = async () => {
    for (let left = tries; left > 0 && !isStopping(); left -= 1) {
      try {
        return await start();
      } catch {
        await pause(betweenTriesMs);
      }
    }
    return undefined;
  };
  const isStopping = () => stopping;
  let now = await start();
  const guard = async (): Promise<Exit> => {
    for (;;) {
      const exit = await now.program.exited;
      now.takeBack();
      if (stopping || !overran.test(lastLine(now.program.lastWords()))) return exit;
      const again = await startAgain();
      if (again === undefined) return exit;
      now = again;
      onOverrun();
      // It was being started when it was to stop.
      if (isStopping()) await now.program.stop();
    }
  };
  const exited = guard();
  return {
    ...{ current: () => now.program, exited },
    async stop() {
      stopping = true;
      await now.program.stop();
      return await exited;
    },
  };
}
