// All that a program prints, stdout and stderr, on its way to one log: each line whole, in the order in which they end.
import { programLog, type LineLog } from '../../system/program-log.ts';

export interface OutputLog {
  onStdout(chunk: Buffer): void;
  onStderr(chunk: Buffer): void;
  /** Writes what has no newline yet. */
  end(): void;
}

/** A sentence on stderr must not stand in the middle of a line that stdout has not finished. */
export function outputLog(log: LineLog): OutputLog {
  const [stdout, stderr] = [programLog(log), programLog(log)];
  return {
    onStdout: (chunk) => stdout.take(chunk),
    onStderr: (chunk) => stderr.take(chunk),
    end() {
      stdout.end();
      stderr.end();
    },
  };
}
