// The page of `netdebug watch`: live in a browser on this machine alone (--ui), as a file at its end (--html), and kept in its folder (--out).
import { startLossPage } from '../../experiment/watch/loss-page.ts';
import { createPageState } from '../../experiment/watch/page-state.ts';
import { formatMicros, systemClock } from '../../model/clock.ts';
import { missingSentence } from '../../model/missing-witness.ts';
import { renderWatchPage } from '../../report/html/watch-page.ts';
import { tryReportFile, writeReportFile, writeWatchPage } from '../../run-folder/write-record.ts';
import type { WatchView } from './watch-view.ts';

export interface PageView extends WatchView {
  /** Writes what is shown at the end. Throws an `unwritable` Problem when that cannot be. */
  keep(folder: string | null): Promise<void>;
  /** Gives open pages the last state and closes. Once; does nothing else when called again. */
  close(): Promise<void>;
}

export interface PageOptions {
  readonly node: string;
  /** Whether it is served while it lasts. */
  readonly ui: boolean;
  /** The file that it is written to at the end; null for none. */
  readonly file: string | null;
}

/** Says where the page is. Throws a usage Problem when it cannot be served, an `unwritable` one when the file cannot be written. */
export async function pageView({ node, ui, file }: PageOptions): Promise<PageView> {
  if (file !== null) await tryReportFile(file, '--html');
  const state = createPageState(node, formatMicros(systemClock().now()));
  const live = ui ? await startLossPage(state) : undefined;
  if (live !== undefined) process.stderr.write(`Live: ${live.url}\n`);
  let closed: Promise<void> | undefined;
  let isOver = false;
  const end: PageView['ended'] = (summary) => {
    isOver = true;
    state.end(summary);
  };
  return {
    started(start, remedies) {
      state.begin(start.soFar);
      state.watches(start.watched);
      state.misses([...start.missing.map(missingSentence), ...remedies]);
    },
    lost: (losses) => state.take(losses),
    look: live === undefined ? () => undefined : (watched) => state.watches(watched()),
    missing: (one) => state.misses([missingSentence(one)]),
    ended: end,
    async keep(folder) {
      const page = state.view();
      if (folder !== null) await writeWatchPage(folder, page);
      if (file === null) return;
      await writeReportFile(file, renderWatchPage(page), '--html');
      process.stderr.write(`${file}\n`);
    },
    close() {
      if (!isOver) state.end(null);
      return (closed ??= live?.close() ?? Promise.resolve());
    },
  };
}
