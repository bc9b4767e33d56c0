// Follows one pod's log to the end of the run: a stream that ends, for whatever reason, is attached again where it broke off.
import { formatMicros, type Micros } from '../model/clock.ts';
import { pause } from '../system/pause.ts';
import type { Kubectl } from '../system/tools/kubectl.ts';
import { splitLines } from '../system/split-lines.ts';
import { containerName } from './names.ts';

export interface LogSpec {
  readonly kubectl: Kubectl;
  readonly pod: string;
  /** Takes each whole line; returns the time that the line itself states, if it does. Lines may be repeated after a drop. */
  readonly onLine: (line: string) => Micros | undefined;
  /** The stream ended and is attached again; `words` is what kubectl said, empty when it ended quietly. */
  readonly onDrop?: (words: string) => void;
}

export interface LogFollower {
  /** Also reads what is left of the container's previous process. */
  readPrevious(): Promise<void>;
  /** Ends the stream; resolves when no more lines will come. */
  stop(): Promise<void>;
}

/** Streams are asked for again from this long before the last line seen, since times are whole seconds to the API. */
const overlapMicros = 3e6;
const shortestPauseMs = 250;
const longestPauseMs = 5_000;

/** Starts to follow; never throws for a stream that cannot be had, but tries again. */
export function followLog({ kubectl, pod, onLine, onDrop }: LogSpec): LogFollower {
  const stopping = new AbortController();
  let lastAt: Micros | undefined;
  let lines = 0;
  const take = (line: string): void => {
    lines += 1;
    const at = onLine(line);
    if (at !== undefined) lastAt = Math.max(lastAt ?? at, at);
  };

  // A function, since it changes while we wait.
  const isStopping = () => stopping.signal.aborted;

  async function follow(): Promise<void> {
    let pauseMs = shortestPauseMs;
    while (!isStopping()) {
      const before = lines;
      const program = kubectl.start(logWords(['--follow']), { onStdout: splitLines(take) });
      const stop = () => void program.stop('SIGTERM', 1_000);
      stopping.signal.addEventListener('abort', stop, { once: true });
      await program.exited.catch(() => undefined);
      stopping.signal.removeEventListener('abort', stop);
      if (isStopping()) return;
      onDrop?.(program.lastWords());
      pauseMs = lines > before ? shortestPauseMs : Math.min(longestPauseMs, pauseMs * 2);
      await pause(pauseMs, stopping.signal);
    }
  }

  const logWords = (how: readonly string[]): string[] => [
    ...['logs', pod, `--container=${containerName}`, ...how],
    ...(lastAt === undefined ? [] : [`--since-time=${wholeSeconds(lastAt - overlapMicros)}`]),
  ];

  const following = follow();
  return {
    async readPrevious() {
      const answer = await kubectl.ask(logWords(['--previous']), { attempts: 2 });
      // The kubelet keeps one earlier log, and not for long; what is gone is gone.
      if (answer.ok) for (const line of answer.stdout.split('\n')) if (line !== '') take(line);
    },
    async stop() {
      stopping.abort();
      await following;
    },
  };
}

/** Older kubelets refuse fractions. */
function wholeSeconds(at: Micros): string {
  return formatMicros(at).replace(/\.[0-9]+Z$/, 'Z');
}
