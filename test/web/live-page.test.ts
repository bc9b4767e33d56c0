// The live page in a browser, fed from a folder that grows as a run's does.
import assert from 'node:assert/strict';
import { appendFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { startLiveView } from '../../src/experiment/live-view.ts';
import { readShown } from '../../src/experiment/run-report.ts';
import { axeViolations, browserSkip, openBrowser, openPage } from '../report/browser.ts';
import { recordedRun } from '../report/recorded.ts';

const files = ['events.ndjson', 'evidence/node-1/events.ndjson', 'evidence/node-2/events.ndjson'];

describe('the live page', { skip: await browserSkip() }, () => {
  let browser: Browser;
  let folder = '';
  before(async () => {
    browser = await openBrowser();
    folder = await mkdtemp(join(tmpdir(), 'netdebug-test-'));
    for (const node of ['node-1', 'node-2']) await mkdir(join(folder, 'evidence', node), { recursive: true });
  });
  after(async () => {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Writes the lines of that share of the run, ends included. */
  async function grow(from: number, to: number): Promise<void> {
    for (const file of files) {
      const text = await readFile(join(recordedRun('default'), file), 'utf8');
      // Cut anywhere: a line may come in two pieces.
      await appendFile(
        join(folder, file),
        text.slice(Math.floor(text.length * from), Math.floor(text.length * to)),
      );
    }
  }

  test('it shows the run from its beginning whenever it is opened, follows it, and says when it has ended', async (t) => {
    await grow(0, 0.4);
    const live = await startLiveView({ folder, episodeWindowMs: 125 });
    let ended = false;
    t.after(async () => {
      if (!ended) await live.end(null);
    });
    const { page, complaints, requests } = await openPage(t, browser, live.url);
    await page.getByText('Live: this page follows the run.').waitFor();
    await page.locator('.episode').nth(1).waitFor({ state: 'attached' });
    assert.equal(await page.locator('h1').innerText(), 'The run is under way.');
    const early = await page.locator('.episode').count();

    await page.locator('.episode').first().focus();
    await grow(0.4, 1);
    await page.locator('.episode').nth(early).waitFor({ state: 'attached' });
    assert.equal(await page.evaluate('document.activeElement.id'), 'episode-0-0');
    assert.deepEqual(await axeViolations(page), []);

    const shown = await readShown(recordedRun('default'));
    await live.end(shown);
    ended = true;
    await page.getByText('The run has ended.').waitFor();
    assert.equal(
      await page.locator('h1').innerText(),
      '25 same-node connections were reset; no cross-node connection was lost.',
    );
    assert.equal(await page.locator('.episode').count(), 8);
    assert.deepEqual(complaints, []);
    assert.ok(requests.every((url) => url.startsWith(live.url)));
  });

  test('a page that is closed changes nothing', async (t) => {
    const live = await startLiveView({ folder, episodeWindowMs: 125 });
    const { page } = await openPage(t, browser, live.url);
    await page.getByText('Live: this page follows the run.').waitFor();
    await page.close();
    await live.end(null);
  });
});
