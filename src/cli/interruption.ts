// Ctrl-C and its relatives: the first asks the command to tidy up and end, a second ends it at once.
import { exitCodes } from '../model/problem.ts';

export interface Interruption {
  readonly signal: AbortSignal;
  /** Signals have their usual effect again. */
  off(): void;
}

export const endSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** @param onSecond Called before a second signal ends the process, to say what stays behind. */
export function catchInterruption(onSecond: () => void = () => undefined): Interruption {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) {
      onSecond();
      process.exit(exitCodes.interrupted);
    }
    controller.abort();
  };
  for (const name of endSignals) process.on(name, onSignal);
  return {
    signal: controller.signal,
    off() {
      for (const name of endSignals) process.off(name, onSignal);
    },
  };
}
