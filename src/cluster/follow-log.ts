// Follows one pod's log to the end of the run: a stream that ends, for whatever reason, is attached again where it broke off.
import { formatMicros, type Micros } from '../model/clock.ts';
import { pause } from '../system/pause.ts';
import type { Kubectl } from '../system/tools/kubectl.ts';
import { lastLine, splitLines } from '../system/split-lines.ts';
import { containerName } from './names.ts';

export interface LogSpec {
  readonly kubectl: Kubectl;
  readonly pod: string;
  /** Takes each whole line; returns the time that the line itself states, if it does. Lines may be repeated after a drop. */
  readonly onLine: (line: string) => Micros | undefined;
  /** A stream without a line for so long has fallen silent without an end, as that of a removed file: it is asked for anew. */
  readonly silenceMs: number;
  readonly onTrouble?: (trouble: LogTrouble) => void;
}

/**
 * `broken`: the stream ended with these words. `silent`: there was no line for so long. `mended`: lines come again. What goes on is not
 * said again: after `broken` or `silent` the next one is `mended`.
 */
export type LogTrouble =
  | { readonly state: 'broken'; readonly words: string }
  | { readonly state: 'silent'; readonly forMs: number }
  | { readonly state: 'mended' };

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
/** How many times the allowed silence grows while nothing comes. */
const longestSilence = 8;

/** Starts to follow; never throws for a stream that cannot be had, but tries again. */
export function followLog({ kubectl, pod, onLine, silenceMs, onTrouble }: LogSpec): LogFollower {
  const stopping = new AbortController();
  let trouble: LogTrouble['state'] = 'mended';
  let lastAt: Micros | undefined;
  let lines = 0;
  let allowedMs = silenceMs;
  const say = (next: LogTrouble): void => {
    trouble = next.state;
    onTrouble?.(next);
  };
  /** True when the line is later than all before it, and not one that a new stream repeats. */
  const take = (line: string): boolean => {
    const at = onLine(line);
    if (at === undefined || (lastAt !== undefined && at <= lastAt)) return false;
    lastAt = at;
    return true;
  };
  const takeFromStream = (line: string): void => {
    lines += 1;
    const isLater = take(line);
    if (isLater) allowedMs = silenceMs;
    // Who was silent shows by a later line that it is not; who was cut off, by any.
    if (trouble === 'broken' || (trouble === 'silent' && isLater)) say({ state: 'mended' });
  };

  // A function, since it changes while we wait.
  const isStopping = () => stopping.signal.aborted;

  /** Resolves when the stream has ended; true when we ended it because it was silent. */
  async function readStream(): Promise<{ silent: boolean; words: string }> {
    const end = { silent: false };
    const program = kubectl.start(logWords(['--follow']), {
      onStdout(chunk) {
        timer.refresh();
        split(chunk);
      },
    });
    const split = splitLines(takeFromStream);
    const stop = () => void program.stop('SIGTERM', 1_000);
    const timer = setTimeout(() => {
      end.silent = true;
      stop();
    }, allowedMs);
    stopping.signal.addEventListener('abort', stop, { once: true });
    await program.exited.catch(() => undefined);
    clearTimeout(timer);
    stopping.signal.removeEventListener('abort', stop);
    return { ...end, words: lastLine(program.lastWords()) };
  }

  async function follow(): Promise<void> {
    let pauseMs = shortestPauseMs;
    while (!isStopping()) {
      const before = lines;
      const { silent, words } = await readStream();
      if (isStopping()) return;
      if (silent) {
        if (trouble === 'mended') say({ state: 'silent', forMs: allowedMs });
        // The process itself may have nothing to say: it is asked less and less often.
        allowedMs = Math.min(allowedMs * 2, longestSilence * silenceMs);
        continue;
      }
      if (words !== '' && trouble === 'mended') say({ state: 'broken', words });
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
