// Runs a part of the mesh from start to orderly end.
import { Problem } from '../../model/problem.ts';
import { systemClock, formatMicros } from '../../model/clock.ts';
import { visible } from '../../report/visible.ts';

interface Part {
  /** Rejects when it cannot go on. */
  readonly ended?: Promise<void>;
  stop(): Promise<void>;
}

/** Starts it, waits for SIGTERM, SIGINT or its own end, and stops it. Rejects with a Problem when it cannot start or go on. */
export async function runPart(start: (log: (message: string) => void) => Promise<Part>): Promise<void> {
  const clock = systemClock();
  const log = (message: string) => process.stderr.write(`${formatMicros(clock.now())} ${oneLine(message)}\n`);
  const told = Promise.withResolvers<'stopped' | 'interrupted'>();
  // Once only: a second signal ends the process the hard way.
  process.once('SIGTERM', () => told.resolve('stopped'));
  process.once('SIGINT', () => told.resolve('interrupted'));
  const part = await start(log);
  const neverEnds = new Promise<never>(() => undefined);
  try {
    const ending = await Promise.race([told.promise, (part.ended ?? neverEnds).then(() => neverEnds)]);
    if (ending === 'interrupted') throw new Problem('interrupted', 'interrupted; connections are closed.');
  } finally {
    await part.stop();
  }
}

/** What others wrote, names among it, is in many sentences: no terminal obeys it, and no line is made up. */
const oneLine = (message: string) => visible(message).replaceAll('\n', '\\x0a');
