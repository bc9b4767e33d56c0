// A run's folder, read once from beginning to end into what its page shows.
import { dirname } from 'node:path';
import { parseMicros } from '../model/clock.ts';
import { Problem } from '../model/problem.ts';
import type { RunRecord } from '../model/run-record.ts';
import { createCollector } from '../report/collect/collector.ts';
import type { Collector } from '../report/collect/collector.ts';
import { proveFixes } from '../report/fix-proof.ts';
import type { FixProof } from '../report/fix-proof.ts';
import type { RunView } from '../report/run-view.ts';
import { listEventFiles, openEventFile } from '../run-folder/event-files.ts';
import type { RunEvent } from '../run-folder/event-files.ts';
import { mergeByTime } from '../run-folder/merge-by-time.ts';
import { checkRunFolder, readMatrixRecord, readRunRecord } from '../run-folder/read-record.ts';

/** For a folder that does not say: the period of the seed's client. */
const defaultWindowMs = 5_000;

/**
 * What the folder shows. Without a readable run.json, or with event files that are missing or broken, the view says so and
 * shows the rest. Throws a usage Problem when there is neither a record nor an event.
 */
export async function readRun(folder: string): Promise<RunView> {
  await checkRunFolder(folder);
  const record = await readRunRecord(folder);
  const collector = createCollector(
    record.data === null ? { episodeWindowMs: defaultWindowMs } : collectorOptions(record.data),
  );
  const names = await listEventFiles(folder);
  const files = names.map((name) => openEventFile(folder, name));
  await mergeByTime(
    files.map((file) => file.readOn()),
    (event) => feed(collector, event),
  );
  const read = files.filter((file) => file.position > 0);
  if (record.data === null && read.length === 0) {
    throw new Problem(
      'usage',
      `${folder} holds no run: ${record.why} Give the folder that "netdebug lab run" named.`,
    );
  }
  const missing = [
    ...(record.data === null ? [`${record.why} The verdict, the rates and the findings are not known.`] : []),
    ...(read.some((file) => file.name === 'events.ndjson')
      ? []
      : ['events.ndjson is missing or empty: there is no timeline of the classes and no latency.']),
    ...(read.some((file) => file.name !== 'events.ndjson') ? [] : ['There is no evidence from any node.']),
    ...files.flatMap((file) => file.notes(true)),
  ];
  return collector.view(record.data, missing);
}

export function feed(collector: Collector, one: RunEvent): void {
  if (one.of === 'probe') collector.addProbe(one.event);
  else collector.addNode(one.event);
}

/** How to read the events of a run whose record is known. */
export function collectorOptions({ startedAt, durationSeconds, speed, verdict }: RunRecord): {
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
  if (record === null) return [];
  const parent = dirname(folder);
  const matrix = await readMatrixRecord(parent);
  const others: RunRecord[] = [];
  for (const cell of matrix.data?.cells ?? []) {
    const other = await readRunRecord(`${parent}/${cell.folder}`);
    if (other.data !== null) others.push(other.data);
  }
  return proveFixes(record, others);
}
