// Runs a probe from start to orderly end: its log, its events, and what can end it (a signal, --duration, readers that went away).
import { setFlagsFromString } from 'node:v8';
import { systemClock } from '../model/clock.ts';
import { exitCodes, Problem } from '../model/problem.ts';
import { createAlarm } from '../probe/alarm.ts';
import { createEventWriter } from '../probe/event-writer.ts';
import { createLogWriter } from '../probe/log-writer.ts';
import { watchLoopDelay } from '../probe/loop-delay.ts';
import type { Surroundings } from '../probe/surroundings.ts';
import { codeOf, whyUnwritable } from '../run-folder/why-unwritable.ts';
import { descriptorLines, isFile } from './descriptor-lines.ts';
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
 * Starts the probe, waits for the end and stops it. Sets exit code 73 when not all events or all of the log could be written; rejects with a
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
  const lost = { log: false, events: false };
  const { log, flush } = createLogWriter(flags.logFormat, clock, logLines());
  // Also when the process dies of a fault: its last words are worth most then.
  process.once('exit', flush);

  const { events } = flags;
  const output =
    events === undefined
      ? undefined
      : await openEventOutput(events, (error) => {
          if (!lost.events) {
            log(`Events cannot be written to ${nameOf(events)}: ${whyUnwritable(error)}; the run goes on`);
          }
          lost.events = true;
        });
  const writer =
    output &&
    createEventWriter(output.stream, (error) => {
      if (codeOf(error) === 'EPIPE') {
        log('Nobody reads the events any more, so the run ends here.');
        end('stopped');
      } else {
        log(`Events are no longer written to ${nameOf(events)}, the run goes on: ${whyUnwritable(error)}`);
        lost.events = true;
      }
    });

  /** Where the log goes: standard error, of which a full disk may keep some, and which nobody may read any more. */
  function logLines(): (lines: string) => void {
    if (isFile(process.stderr.fd)) {
      const { write } = descriptorLines(process.stderr.fd);
      return (lines) => {
        if (write(lines) !== undefined) lost.log = true;
      };
    }
    process.stderr.on('error', (error: NodeJS.ErrnoException) => {
      // A run that has no events, or gives them to a reader who may be the same, has nobody left to tell.
      if (error.code === 'EPIPE' && (flags.events ?? '-') === '-') end('stopped');
      else lost.log = true;
    });
    return (lines) => process.stderr.write(lines);
  }

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
    await writer?.flushed();
    if (output !== undefined && output.leftOut > 0) {
      log(`${output.leftOut} events are missing from ${nameOf(events)}.`);
    }
    if (inVain !== undefined) throw inVain;
    if (lost.events || lost.log) process.exitCode = exitCodes.unwritable;
    if (ending === 'interrupted' && process.exitCode === undefined) {
      throw new Problem('interrupted', 'interrupted; connections are closed and events are written.');
    }
  } finally {
    timeUp.off();
    loopDelay.stop();
    flush();
    if (lost.log) process.exitCode = exitCodes.unwritable;
    process.off('exit', flush);
    await writer?.flushed();
    await output?.close();
  }
}

const nameOf = (events: string | undefined) => (events === '-' ? 'standard output' : (events ?? ''));

/**
 * V8 lets the space for new objects grow to 16 MiB and more when much garbage is made; with 10,000 connections that is as much
 * as the connections themselves take. Held at its first size it is cleared more often, which one thread does quicker than
 * several that must be woken for a millisecond's work (figures: docs/performance.md).
 */
function keepMemorySmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--no-parallel-scavenge');
}
