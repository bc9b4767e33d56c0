// Who opens the page of a watch has the answer before scrolling, while it lasts and at its end, on a desk and on a phone.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { startLossPage } from '../../src/experiment/watch/loss-page.ts';
import { createPageState } from '../../src/experiment/watch/page-state.ts';
import type { WatchPage } from '../../src/model/watch-view.ts';
import { noCure } from '../../src/report/first-screen/no-cure.ts';
import { firstScreenOfWatch } from '../../src/report/first-screen/of-watch.ts';
import { recordedEvents, replay } from '../experiment/watch/replay.ts';
import {
  browserSkip,
  keepScreenshot,
  layoutFaults,
  openBrowser,
  openPage,
  overflows,
  unseenInViewport,
} from '../report/browser.ts';

/** A node's events, by where they are below test/recorded. */
const watched = [
  ['cases', 'foreign-conflict', 'node.ndjson.gz'],
  ['cases', 'foreign-reject', 'node.ndjson.gz'],
  ['runs', 'silent-drop', 'evidence', 'node-1', 'events.ndjson.gz'],
  ['runs', 'endpoint-replaced', 'evidence', 'node-1', 'events.ndjson.gz'],
];
const parts = ['who', 'why', 'cure', 'next'].map((part) => `.answers > .answer > .${part}`);
const plain = (text: string): string => text.replace(/\s+/g, ' ').trim();

function wordsOf({ summary, isOver }: WatchPage): string[] {
  const { headline, answers } = firstScreenOfWatch(summary ?? assert.fail(), isOver);
  const answer = answers[0] ?? assert.fail('nothing was lost');
  const { who, why, cure, next } = answer;
  const said = [
    headline,
    who.words,
    why.words,
    cure?.words ?? noCure(answer),
    next?.command ?? assert.fail(),
  ];
  return said.map(plain);
}

describe('before scrolling, the page of a watch', { skip: await browserSkip() }, () => {
  let browser: Browser;
  before(async () => {
    browser = await openBrowser();
  });
  after(() => browser.close());

  for (const path of watched) {
    test(`of ${path[1] ?? ''} says the whole first answer, live and ended`, async (t) => {
      const { losses, lines, now } = replay(recordedEvents(...path));
      const state = createPageState('node-1', '2026-11-23T12:00:00.000000Z');
      state.begin(() => losses.summary(now, true));
      state.take(lines.map(({ line }) => line));
      const live = await startLossPage(state);
      const pages: Page[] = [];
      for (const [width, height] of [
        [1_280, 800],
        [390, 844],
      ] as const) {
        const { page } = await openPage(t, browser, live.url, { width, height });
        await page.getByText('Live: this page follows the run.').waitFor();
        pages.push(page);
      }
      const faults: string[] = [];
      const look = async (when: string) => {
        for (const page of pages) {
          const said = plain(await page.locator('#heading').innerText());
          const unsaid = wordsOf(state.view()).filter((words) => !said.includes(words));
          const unseen = await unseenInViewport(page, ['#headline', ...parts]);
          const { width } = page.viewportSize() ?? {};
          faults.push(...[...unsaid, ...unseen].map((fault) => `${when}, ${width}: ${fault}`));
        }
      };
      await look('live');
      state.end(losses.summary(now));
      await live.close();
      for (const page of pages) await page.getByText('The run has ended.').waitFor();
      await look('ended');
      for (const page of pages) {
        await keepScreenshot(page, `watch-${path[1]}-${page.viewportSize()?.width}`);
        faults.push(...(await layoutFaults(page)), ...(await overflows(page)));
      }
      assert.deepEqual(faults, []);
    });
  }
});
