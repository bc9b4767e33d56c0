// What the page of a watch has to show: fed with what the watch tells, and asked by whoever draws it, live or at the end.
import type { WatchPage } from '../../model/watch-view.ts';
import type { WatchLoss, WatchSummary } from '../../model/watch-record.ts';
import { createLossesByCause } from '../../report/collect/losses-by-cause.ts';

export interface PageState {
  /** The watch has begun. @param soFar Its summary just now; asked for only when the page is drawn. */
  begin(soFar: () => WatchSummary): void;
  take(losses: readonly WatchLoss[]): void;
  /** What is watched just now. */
  watches(watched: WatchSummary['watched'] & { readonly lost: number }): void;
  /** What cannot be seen, a sentence each. */
  misses(sentences: readonly string[]): void;
  /** Null where there is no summary: then it shows what there was so far. */
  end(summary: WatchSummary | null): void;
  view(): WatchPage;
  /** Whether there is something to show that was not there when this was last asked. */
  hasNews(): boolean;
}

/** @param startedAt ISO 8601. */
export function createPageState(node: string, startedAt: string): PageState {
  const losses = createLossesByCause();
  const missing: string[] = [];
  let soFar: () => WatchSummary | null = () => null;
  let isOver = false;
  let watchedBefore = '';
  let isNew = false;
  return {
    begin(summary) {
      soFar = summary;
      isNew = true;
    },
    take(more) {
      for (const loss of more) losses.take(loss);
      isNew ||= more.length > 0;
    },
    watches({ connections, processes, lost }) {
      const watched = [connections, processes, lost].join(' ');
      isNew ||= watched !== watchedBefore;
      watchedBefore = watched;
    },
    misses(sentences) {
      missing.push(...sentences);
      isNew ||= sentences.length > 0;
    },
    end(summary) {
      const last = summary ?? soFar();
      soFar = () => last;
      isOver = true;
    },
    view: () => ({
      ...{ schemaVersion: 1, kind: 'watch-page', node, startedAt, isOver },
      ...{ groups: losses.groups(), corrections: losses.corrections() },
      ...{ missing: [...missing], summary: soFar() },
    }),
    hasNews() {
      const had = isNew;
      isNew = false;
      return had;
    },
  };
}
