// The report of a watch, made anew from the evidence in its folder; what the watch itself said stands beside it. As a page it is that of
// the watch itself, where its folder has it.
import type { DiagnosisRecord } from '../../model/diagnosis-record.ts';
import { formatDuration } from '../../model/duration.ts';
import { lostSentence } from '../../model/lost-output.ts';
import { Problem } from '../../model/problem.ts';
import type { WatchRun } from '../../model/watch-record.ts';
import { renderWatchPage } from '../../report/html/watch-page.ts';
import { readWatchPage } from '../../run-folder/read-record.ts';
import { diagnosePaths } from '../re-diagnose.ts';

/** Null where the folder has none: it is of a watch that was killed, or of a version that kept none. */
export async function watchPageOf(folder: string): Promise<string | null> {
  const page = await readWatchPage(folder);
  if (page.data !== null) return renderWatchPage(page.data);
  if (!page.absent) throw new Problem('usage', `${folder}: ${page.why}`);
  return null;
}

export async function diagnoseWatch(folder: string, run: WatchRun): Promise<DiagnosisRecord> {
  const diagnosis = await diagnosePaths([folder]);
  return { ...diagnosis, notes: [...notesOf(run), ...diagnosis.notes] };
}

function notesOf({ startedAt, durationSeconds, complete, summary, lostOutput = [] }: WatchRun): string[] {
  const counted = summary.onlyCounted === 0 ? '' : `, ${summary.onlyCounted} of them only counted`;
  const watched = `${summary.node}, watched for ${formatDuration(durationSeconds * 1_000)} from ${startedAt} on`;
  return [
    complete
      ? `${watched}, which told ${summary.lost} lost connections${counted}`
      : `the watch of ${summary.node} from ${startedAt} on was broken off; this is what there was until then`,
    ...lostOutput.map(lostSentence),
  ];
}
