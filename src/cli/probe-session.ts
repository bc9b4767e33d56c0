// Runs a probe from start to orderly end: its log, its events, and what can end it (a signal, --duration, readers that went away).
import { setFlagsFromString } from 'node:v8';
import { systemClock } from '../model/clock.ts';
import { exitCodes, Problem } from '../model/problem.ts';
import { createAlarm } from '../probe/alarm.ts';
import { createEventWriter } from '../probe/event-writer.ts';
import { createLogWriter } from '../probe/log-writer.ts';
import { watchLoopDelay } from '../probe/loop-delay.ts';
import type { Surroundings } from '../probe/surroundings.ts';
import { openEventOutput } from './event-output.ts';
import type { ProbeFlags } from './probe-flags.ts';

interface Running {
  stop(): Promise<void>;
  /** Whether it waits for an answer at this moment. Default: it never does. */
  waits?(): boolean;
  /** Why the run was of no use, when it ends because its time is over. */
  inVain?(): Problem | undefined;
}

type Ending = 'stopped' | 'time-up' | 'interrupted';

/** From this many unwritten characters on, no new probes are sent: a reader that stands still must not fill the memory. */
const congestedAt = 64 * 1_048_576;

/**
 * Starts the probe, waits for the end and stops it. Sets exit code 70 when events or log could not be written; rejects with a
 * Problem when the probe cannot start or was of no use, and with an `interrupted` one after SIGINT.
 */
export async function runSession(
  flags: ProbeFlags,
  start: (surroundings: Surroundings) => Running | Promise<Running>,
): Promise<void> {
  const clock = systemClock();
  let end: (ending: Ending) => void = () => undefined;
  const ended = new Promise<Ending>((resolve) => (end = resolve));

  keepMemorySmall();
  const { log, flush } = createLogWriter(flags.logFormat, clock, (lines) => process.stderr.write(lines));
  // Also when the process dies of a fault: its last words are worth most then.
  process.once('exit', flush);
  process.stderr.on('error', (error: NodeJS.ErrnoException) => {
    // Nobody is left to be told; a full disk is not a reason to stop measuring.
    if (error.code === 'EPIPE') end('stopped');
    else process.exitCode = exitCodes.fault;
  });

  const output = flags.events === undefined ? undefined : await openEventOutput(flags.events);
  const writer =
    output &&
    createEventWriter(output.stream, (error) => {
      if (error.code === 'EPIPE') {
        log('Nobody reads the events any more, so the run ends here.');
        end('stopped');
      } else {
        log(`Events are no longer written to ${flags.events ?? ''}, the run goes on: ${error.message}`);
        process.exitCode = exitCodes.fault;
      }
    });

  // Once only: a second signal ends the process the hard way, should the first one's tidying up hang.
  process.once('SIGTERM', () => end('stopped'));
  process.once('SIGINT', () => end('interrupted'));
  let running: Running | undefined;
  const loopDelay = watchLoopDelay(
    () => clock.monotonic(),
    () => running?.waits?.() === true,
  );
  const timeUp = createAlarm(clock, () => end('time-up'));

  try {
    running = await start({
      clock,
      loopDelayMs: () => loopDelay.current(),
      log,
      ...(writer === undefined ? {} : { report: (event) => writer.write(event) }),
      congested: () => (writer?.backlog() ?? 0) + process.stderr.writableLength > congestedAt,
    });
    if (flags.duration !== undefined) timeUp.set(clock.monotonic() + flags.duration);
    const ending = await ended;
    const inVain = ending === 'time-up' ? running.inVain?.() : undefined;
    await running.stop();
    if (inVain !== undefined) throw inVain;
    if (ending === 'interrupted' && process.exitCode === undefined) {
      throw new Problem('interrupted', 'interrupted; connections are closed and events are written.');
    }
  } finally {
    timeUp.off();
    loopDelay.stop();
    flush();
    process.off('exit', flush);
    await writer?.flushed();
    await output?.close();
  }
}

/**
 * V8 lets the space for new objects grow to 16 MiB and more when much garbage is made; with 10,000 connections that is as much
 * as the connections themselves take. Held at its first size it is cleared more often, which one thread does quicker than
 * several that must be woken for a millisecond's work (figures: docs/performance.md).
 */
function keepMemorySmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--no-parallel-scavenge');
}
