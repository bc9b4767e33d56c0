// Writes the log. Answers can wait for a moment and then go out in one write, because a call into the kernel for each of them
// would cost a good part of what the answer does; everything else goes out in the turn of the event loop in which it happened.
import type { Clock } from '../model/clock.ts';
import { formatLogLine, type LogFormat } from './log-line.ts';
import type { Log } from './surroundings.ts';

/** Shorter than anybody who reads along would notice. */
const momentMs = 20;

export interface LogWriter {
  /** Takes one line, without time and newline. */
  readonly log: Log;
  /** Writes at once what is not written yet: to be called before the process ends. */
  readonly flush: () => void;
}

/** @param write Takes whole lines. */
export function createLogWriter(format: LogFormat, clock: Clock, write: (lines: string) => void): LogWriter {
  let lines = '';
  let hurried = false;

  function flush(): void {
    const text = lines;
    lines = '';
    hurried = false;
    if (text !== '') write(text);
  }

  return {
    log(message, haste = 'now') {
      if (haste === 'now' && !hurried) {
        hurried = true;
        setImmediate(flush);
      } else if (lines === '') setTimeout(flush, momentMs);
      lines += formatLogLine(format, clock.now(), message);
    },
    flush,
  };
}
