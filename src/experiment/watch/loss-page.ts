// The live page of a watched node: what is lost comes in, and every open page shows it within half a second, however much it is.
import { renderWatchPage, renderWatchParts } from '../../report/html/watch-page.ts';
import { pause } from '../../system/pause.ts';
import { serveLive } from '../../web/serve-live.ts';
import type { PageState } from './page-state.ts';

export interface LossPage {
  /** `http://127.0.0.1:PORT/SECRET/` */
  readonly url: string;
  /** Shows the last state, which the caller has ended, and closes. */
  close(): Promise<void>;
}

const everyMs = 500;

/** Nothing that happens to the page or its readers changes what is watched. */
export async function startLossPage(state: PageState): Promise<LossPage> {
  const server = await serveLive(() => renderWatchPage(state.view()));
  const stop = new AbortController();
  const showing = show();

  async function show(): Promise<void> {
    while (!stop.signal.aborted) {
      if (state.hasNews()) server.publish(renderWatchParts(state.view()));
      await pause(everyMs, stop.signal);
    }
  }

  return {
    url: server.url,
    async close() {
      stop.abort();
      await showing;
      await server.end(renderWatchParts(state.view()));
    },
  };
}
