// Writes the log. Answers can wait for a moment and then go out in one write, because a call into the kernel for each of them
// would cost a good part of what the answer does; everything else goes out in the turn of the event loop in which it happened.
// A flood is written up to a bound, and summed beyond it.
import type { Clock } from '../model/clock.ts';
import { createLogLimit } from './log-limit.ts';
import { formatLogLine, type LogFormat } from './log-line.ts';
import type { Log } from './surroundings.ts';

/** Shorter than anybody who reads along would notice. */
const momentMs = 20;
/** From the first line that was left out until it is said how many were. */
const sumAfterMs = 1_000;

export interface LogWriter {
  /** Takes one line, without time and newline. */
  readonly log: Log;
  /** Writes at once what is not written yet, and how much was left out: to be called before the process ends. */
  readonly flush: () => void;
}

/** @param write Takes whole lines. */
export function createLogWriter(format: LogFormat, clock: Clock, write: (lines: string) => void): LogWriter {
  const limit = createLogLimit();
  let lines = '';
  let hurried = false;
  let summing: NodeJS.Timeout | undefined;

  function put(): void {
    const text = lines;
    lines = '';
    hurried = false;
    if (text !== '') write(text);
  }

  function sum(): void {
    clearTimeout(summing);
    summing = undefined;
    for (const sentence of limit.sums()) lines += formatLogLine(format, clock.now(), sentence);
  }

  function leftOut(): void {
    summing ??= setTimeout(() => {
      sum();
      put();
    }, sumAfterMs);
  }

  return {
    log(message, haste = 'now') {
      if (!limit.admits(message, clock.monotonic())) {
        leftOut();
        return;
      }
      if (haste === 'now' && !hurried) {
        hurried = true;
        setImmediate(put);
      } else if (lines === '') setTimeout(put, momentMs);
      lines += formatLogLine(format, clock.now(), message);
    },
    flush() {
      sum();
      put();
    },
  };
}
