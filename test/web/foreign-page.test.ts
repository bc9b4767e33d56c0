// Another page in the user's browser, which knows the live page's port and asks it for whatever a page may ask for.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { startLiveView } from '../../src/experiment/live-view.ts';
import { browserSkip, openBrowser, openPage } from '../report/browser.ts';
import { recordedRun } from '../report/recorded.ts';

/** A browser opens six connections to one place for each page. */
const foreignPages = 3;
const streamsEach = 6;

describe('a foreign page', { skip: await browserSkip() }, () => {
  let browser: Browser;
  before(async () => {
    browser = await openBrowser();
  });
  after(() => browser.close());

  test('takes no place from the live page, and reads nothing of it', async (t) => {
    const live = await startLiveView({ folder: recordedRun('default'), episodeWindowMs: 125 });
    t.after(() => live.end(null));
    const places = [new URL('/events', live.url).href, `${live.url}events`];
    const foreign = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end(`<!doctype html><img src="${places[0] ?? ''}"><script>
        const said = [];
        for (const place of ${JSON.stringify(places)}) {
          for (let count = 0; count < ${streamsEach / places.length}; count++) {
            const source = new EventSource(place);
            source.onopen = () => said.push('opened');
            source.onerror = () => said.push('refused');
          }
          fetch(place, { mode: 'no-cors' }).then(() => said.push('fetched'), () => said.push('refused'));
        }
        window.said = said;
      </script>`);
    });
    foreign.listen(0, '127.0.0.1');
    await once(foreign, 'listening');
    t.after(() => {
      foreign.close();
      foreign.closeAllConnections();
    });
    const { port } = foreign.address() as AddressInfo;
    for (let count = 0; count < foreignPages; count++) {
      // Another site, and another port of the same.
      const host = count % 2 === 0 ? 'localhost' : '127.0.0.1';
      const { page } = await openPage(t, browser, `http://${host}:${port}/`);
      await page.waitForFunction(`window.said.length >= ${streamsEach / 2}`);
      assert.deepEqual(await page.evaluate(`window.said.filter((word) => word === 'opened')`), []);
    }
    const { page } = await openPage(t, browser, live.url);
    await page.getByText('Live: this page follows the run.').waitFor();
  });
});
