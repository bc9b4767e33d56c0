// The live page of a run: reads the run's folder as it grows, from outside the world that the run happens in.
import { setTimeout as pause } from 'node:timers/promises';
import { createCollector } from '../report/collect/collector.ts';
import { renderPage, renderParts } from '../report/html/page.ts';
import type { PageOptions } from '../report/html/page.ts';
import type { RunView } from '../report/run-view.ts';
import { serveLive } from '../web/serve-live.ts';
import { followRun } from '../run-folder/follow-run.ts';
import { feed } from './read-run.ts';

export interface LiveView {
  readonly url: string;
  /** Shows the finished run (or, with null, the state so far) as the last state and closes. */
  end(finished: { readonly view: RunView; readonly options: PageOptions } | null): Promise<void>;
}

export interface LiveOptions {
  /** The run's folder; it may still be empty. */
  readonly folder: string;
  /** Resets of one class no further apart than this are one episode. */
  readonly episodeWindowMs: number;
  /** Of 127.0.0.1; a free one when it is 0. */
  readonly port?: number;
}

const everyMs = 500;

/** Starts to serve and to read. Nothing that happens to the page or its readers changes the run. */
export async function startLiveView({ folder, episodeWindowMs, port = 0 }: LiveOptions): Promise<LiveView> {
  const collector = createCollector({ episodeWindowMs });
  const run = followRun(folder);
  // A file that cannot be read now may be readable the next time; the page shows what there is.
  const readOn = () => run.readOn((event) => feed(collector, event)).catch(() => false);
  const view = () => collector.view(null, run.notes());
  const server = await serveLive(() => renderPage(view(), { live: true }), port);
  const stop = new AbortController();
  const following = follow();

  async function follow(): Promise<void> {
    while (!stop.signal.aborted) {
      if (await readOn()) server.publish(renderParts(view(), { live: true }));
      await pause(everyMs, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  }

  return {
    url: server.url,
    async end(finished) {
      stop.abort();
      await following;
      if (finished === null) await readOn();
      await run.close();
      const parts = finished === null ? renderParts(view()) : renderParts(finished.view, finished.options);
      await server.end(parts);
    },
  };
}
