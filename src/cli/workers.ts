// --workers: the same command in several processes, each with its part of the connections, and one merged log and event file.
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { Command } from 'commander';
import { exitCodes, Problem } from '../model/problem.ts';
import { startWorker, type Worker } from '../system/worker.ts';
import { whyUnwritable } from '../run-folder/why-unwritable.ts';
import { descriptorLines, isFile } from './descriptor-lines.ts';
import { openEventOutput } from './event-output.ts';

/** Which of how many this process is. */
export interface Part {
  readonly index: number;
  readonly of: number;
}

/**
 * Runs all workers to their end. The first that ends in error brings the others to theirs, and its exit code becomes ours.
 * @param wordsOf The command line of one worker; it is to write its events to stdout.
 */
export async function runWorkers(
  workers: number,
  events: string | undefined,
  wordsOf: (part: Part) => readonly string[],
): Promise<void> {
  const lost = { events: false, log: false };
  const output =
    events === undefined
      ? undefined
      : await openEventOutput(events, (error) => {
          if (!lost.events)
            say(`events cannot be written to ${events}: ${whyUnwritable(error)}; the run goes on.`);
          lost.events = true;
        });
  const takeEvents =
    output === undefined
      ? () => undefined
      : writerTo(output.stream, (error) => {
          if (lost.events) return;
          lost.events = true;
          say(`nothing more is written to ${events ?? ''}, the run goes on: ${whyUnwritable(error)}.`);
        });
  const takeLog = logWriter(() => (lost.log = true));
  const all: Worker[] = [];
  const signalAll = (signal: NodeJS.Signals) => {
    for (const worker of all) worker.signal(signal);
  };
  // An object, because a flag that only a handler sets looks constant to the checker.
  const end = { interrupted: false };
  const onInt = () => {
    end.interrupted = true;
    signalAll('SIGINT');
  };
  const onTerm = () => signalAll('SIGTERM');
  process.once('SIGINT', onInt);
  process.once('SIGTERM', onTerm);
  let worst = 0;
  try {
    for (let index = 0; index < workers; index++) {
      all.push(startWorker(wordsOf({ index, of: workers }), takeEvents, takeLog));
    }
    await Promise.all(
      all.map(async ({ exited }, index) => {
        const { exitCode, signal } = await exited;
        if (exitCode === 0 || (end.interrupted && exitCode === exitCodes.interrupted)) return;
        if (worst === 0) {
          worst = exitCode ?? exitCodes.fault;
          const how = signal === null ? `exit code ${exitCode ?? 'unknown'}` : signal;
          process.stderr.write(
            `netdebug: worker ${index + 1} of ${workers} ended with ${how}; the others end too.\n`,
          );
        }
        signalAll('SIGTERM');
      }),
    );
  } finally {
    process.off('SIGINT', onInt);
    process.off('SIGTERM', onTerm);
    await output?.close();
  }
  if (worst !== 0) process.exitCode = worst;
  else if (lost.events || lost.log) process.exitCode = exitCodes.unwritable;
  else if (end.interrupted) {
    throw new Problem('interrupted', 'interrupted; connections are closed and events are written.');
  }
}

const say = (text: string) => process.stderr.write(`netdebug: ${text}\n`);

/** Waits for a slow reader; what a stream that failed cannot take is let go. */
function writerTo(stream: Writable, onError: (error: unknown) => void): (lines: string) => Promise<void> {
  const state = { failed: false };
  stream.on('error', (error: Error) => {
    state.failed = true;
    onError(error);
  });
  return async (lines) => {
    if (state.failed || stream.write(lines)) return;
    await Promise.race([once(stream, 'drain'), once(stream, 'close')]).catch(() => undefined);
  };
}

function logWriter(onError: () => void): (lines: string) => Promise<void> | void {
  if (!isFile(process.stderr.fd)) return writerTo(process.stderr, onError);
  const { write } = descriptorLines(process.stderr.fd);
  return (lines) => {
    if (write(lines) !== undefined) onError();
  };
}

/** Options whose values are times, as milliseconds. */
const timesInMs: ReadonlySet<string> = new Set([
  ...['period', 'periods', 'timeout', 'duration', 'deadline', 'idleLimit', 'idleTimeout', 'keepAlive'],
  ...['pushEvery', 'closeEvery'],
]);

/** The command line of one worker: ours, but for what makes it a part. */
export function workerWords(command: Command, { index, of }: Part): string[] {
  const words = command.options.flatMap((option) => {
    const name = option.attributeName();
    const value: unknown = command.getOptionValue(name);
    if (command.getOptionValueSource(name) !== 'cli' || ['workers', 'events'].includes(name)) return [];
    if (value === true) return [option.long ?? ''];
    const unit = timesInMs.has(name) ? 'ms' : '';
    return [
      option.long ?? '',
      [value]
        .flat()
        .map((one) => `${String(one)}${unit}`)
        .join(','),
    ];
  });
  const events = command.getOptionValue('events') === undefined ? [] : ['--events', '-'];
  return [command.name(), ...words, ...events, '--worker', `${index}/${of}`];
}

/** How many of `total` this part has: they differ by one at most. */
export function partOf(total: number, { index, of }: Part): number {
  return Math.floor(total / of) + (index < total % of ? 1 : 0);
}

/** Reads `INDEX/OF`, which only we write. */
export function parsePart(text: string): Part {
  const match = /^([0-9]{1,4})\/([0-9]{1,4})$/.exec(text);
  const part = { index: Number(match?.[1] ?? Number.NaN), of: Number(match?.[2] ?? Number.NaN) };
  if (part.index < part.of) return part;
  throw new Problem('usage', `--worker: "${text}" is no part; use --workers.`);
}
