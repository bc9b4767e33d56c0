// A run's folder, read once from beginning to end into what its page shows.
import { parseMicros } from '../model/clock.ts';
import type { RunRecord } from '../model/run-record.ts';
import { createCollector, type Collector } from '../report/collect/collector.ts';
import { proveFixes, type FixProof } from '../report/fix-proof.ts';
import type { RunView } from '../report/run-view.ts';
import { isProbes, type RunEvent } from '../run-folder/event-log.ts';
import { readMatrixOf } from '../run-folder/read-record.ts';
import { openSavedRun } from '../run-folder/saved-run.ts';

/** For a folder that does not say: the period of the seed's client. */
const defaultWindowMs = 5_000;

/**
 * What the folder shows. Without a readable run.json, or with event files that are missing or broken, the view says so and
 * shows the rest. Throws a usage Problem when there is neither a record nor an event.
 */
export async function readRun(folder: string): Promise<RunView> {
  const run = await openSavedRun(folder);
  const collector = createCollector(
    run.record === null ? { episodeWindowMs: defaultWindowMs } : collectorOptions(run.record),
  );
  const missing = await run.readEvents((event) => feed(collector, event));
  return collector.view(run.record, missing);
}

export function feed(collector: Collector, event: RunEvent): void {
  if (isProbes(event)) collector.addProbe(event);
  else collector.addNode(event);
}

/** How to read the events of a run whose record is known. */
function collectorOptions({ startedAt, durationSeconds, speed, verdict }: RunRecord): {
  episodeWindowMs: number;
  startedAt?: number;
  seconds: number;
} {
  const started = parseMicros(startedAt);
  // The middle one is the verdict's own.
  const window = verdict.basis?.sensitivity[1]?.episodeWindowMs ?? defaultWindowMs / speed;
  return {
    episodeWindowMs: window,
    seconds: durationSeconds,
    ...(Number.isNaN(started) ? {} : { startedAt: started }),
  };
}

/** What this run, and the matrix that it is part of, show about fixes. */
export async function readProofs(folder: string, record: RunRecord | null): Promise<FixProof[]> {
  return record === null ? [] : proveFixes(record, await readMatrixOf(folder));
}
