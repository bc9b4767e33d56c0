// The page of a run, in the lab or in a cluster: live while it lasts, if wanted, and at its end as report.html in its folder.
import { exitCodes, messageOf } from '../model/problem.ts';
import { exitCodeOf, reportError } from './exit.ts';
import { startLiveView, type LiveOptions, type LiveView } from '../experiment/live-view.ts';
import { discardUnrecorded } from '../run-folder/discard-unrecorded.ts';
import { writeRunPage } from '../experiment/run-report.ts';

/** Starts the live page of a run that is about to begin and says where it is. */
export async function showLive(run: LiveOptions): Promise<LiveView> {
  const live = await startLiveView(run);
  process.stderr.write(`Live: ${live.url}\n`);
  return live;
}

/**
 * Writes report.html, gives the live page its last state, and names the file. A run without anything to show has no page, and no
 * folder either: why it failed is said by whoever failed.
 * @param made The topmost folder that was made for the run, as makeFolder said.
 * @param code What the run ends with; resolves with it, or with 73 when the page cannot be written. What a run has said is not said
 * again.
 */
export async function finishPage(
  folder: string,
  made: string | undefined,
  live: LiveView | null,
  code: number,
): Promise<number> {
  if (await discardUnrecorded(folder, made)) {
    await live?.end(null);
    return code;
  }
  try {
    const page = await writeRunPage(folder);
    await live?.end(page);
    process.stderr.write(`The report: ${page.path}\n`);
    return code;
  } catch (error) {
    // The run's result stands, with or without its picture.
    await live?.end(null);
    if (exitCodeOf(error) !== exitCodes.unwritable) {
      process.stderr.write(`There is no report: ${messageOf(error)}\n`);
      return code;
    }
    if (code !== exitCodes.unwritable) reportError(error, process.stderr);
    return code === exitCodes.interrupted ? code : exitCodes.unwritable;
  }
}
