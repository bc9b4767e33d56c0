// The live page of a run: reads the run's folder as it grows, from outside the world that the run happens in.
import { createCollector } from '../report/collect/collector.ts';
import type { ShownRun } from '../report/formats/format.ts';
import { renderPage, renderParts } from '../report/html/page.ts';
import { pause } from '../system/pause.ts';
import { serveLive } from '../web/serve-live.ts';
import { followRun } from '../run-folder/follow-run.ts';
import { feed } from './read-run.ts';

export interface LiveView {
  readonly url: string;
  /** Shows the finished run (or, with null, the state so far) as the last state and closes. */
  end(finished: ShownRun | null): Promise<void>;
}

export interface LiveOptions {
  /** The run's folder; it may still be empty. */
  readonly folder: string;
  /** Resets of one class no further apart than this are one episode. */
  readonly episodeWindowMs: number;
}

const everyMs = 500;

/** Starts to serve and to read. Nothing that happens to the page or its readers changes the run. */
export async function startLiveView({ folder, episodeWindowMs }: LiveOptions): Promise<LiveView> {
  const collector = createCollector({ episodeWindowMs });
  const run = followRun(folder);
  // A file that cannot be read now may be readable the next time; the page shows what there is.
  const readOn = () => run.readOn((event) => feed(collector, event)).catch(() => false);
  const view = () => collector.view(null, run.notes());
  const server = await serveLive(() => renderPage(view(), { live: true }));
  const stop = new AbortController();
  const following = follow();

  async function follow(): Promise<void> {
    while (!stop.signal.aborted) {
      if (await readOn()) server.publish(renderParts(view(), { live: true }));
      await pause(everyMs, stop.signal);
    }
  }

  return {
    url: server.url,
    async end(finished) {
      stop.abort();
      await following;
      if (finished === null) await readOn();
      await run.close();
      const parts =
        finished === null ? renderParts(view()) : renderParts(finished.view, { proofs: finished.proofs });
      await server.end(parts);
    },
  };
}
