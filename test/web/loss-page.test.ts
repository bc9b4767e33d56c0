// The live page of a watched node in a browser, fed with losses as `netdebug watch` feeds it.
import assert from 'node:assert/strict';
import { after, before, describe, test, type TestContext } from 'node:test';
import type { Browser } from 'playwright-core';
import { startLossPage } from '../../src/experiment/watch/loss-page.ts';
import { axeViolations, browserSkip, layoutFaults, openBrowser, openPage } from '../report/browser.ts';
import { exampleLoss } from '../report/example-loss.ts';
import { tellPage, type Told } from './told-losses.ts';

interface Live extends Told {
  readonly url: string;
  close(): Promise<void>;
}

describe('the page of a watched node', { skip: await browserSkip() }, () => {
  let browser: Browser;
  before(async () => {
    browser = await openBrowser();
  });
  after(() => browser.close());

  async function start(t: TestContext): Promise<Live> {
    const told = tellPage();
    const live = await startLossPage(told.state);
    let closed: Promise<void> | undefined;
    const close = () => (closed ??= live.close());
    t.after(close);
    return { ...told, url: live.url, close };
  }

  test('losses stream in, newest first, by cause, and each opens into who, why and what else it could be', async (t) => {
    const live = await start(t);
    const { page, complaints, requests } = await openPage(t, browser, live.url);
    await page.getByText('Live: this page follows the run.').waitFor();
    assert.equal(await page.locator('h1').innerText(), 'Nothing was lost on node-1 since 12:00:00.');
    live.state.misses(['node-1: capture is missing: it takes CAP_NET_RAW']);
    live.watches({ connections: 1_204, processes: 31 });
    live.take([exampleLoss(1, 'policy-reject')]);
    await page.getByText('1 connection was reset on node-1').waitFor();
    await page.getByText('Watched: 1,204 connections of 31 processes.').waitFor();
    await page.getByText('it takes CAP_NET_RAW').waitFor();
    live.take([exampleLoss(2, 'policy-reject'), { ...exampleLoss(3, 'unknown'), ended: 'closed' }]);
    await page.getByText('3 connections were lost on node-1').waitFor();
    assert.equal(
      await page.locator('h1').innerText(),
      '3 connections were lost on node-1 since 12:00:00: 2 reset, 1 closed with a question unanswered.',
    );
    assert.deepEqual(await page.locator('#losses h3').allInnerTexts(), ['policy-reject ×2', 'unknown ×1']);
    assert.deepEqual(
      await page.evaluate(
        "[...document.querySelectorAll('#newest-policy-reject details')].map(({ id }) => id)",
      ),
      ['loss-loss-2', 'loss-loss-1'],
    );
    const loss = page.locator('#loss-loss-2');
    assert.match(
      await loss.locator('summary').innerText(),
      /^12:00:00\.004 shop\/checkout-7d9f → shop\/redis:6379 \(shop\/redis-0\) reset after 4m12s, idle 0.3s, 1 question unanswered$/,
    );
    await loss.locator('summary').click();
    await loss.getByText('The last packets').waitFor();
    const text = await loss.innerText();
    for (const part of [
      "Who: the server's kernel: no socket for port 45756 (proven)",
      // What comes from outside is text.
      'Why: policy-reject: policy-reject: <b>so it is</b>; or conntrack-expired (likely)',
      'The last packets (40 earlier not shown)',
      'never seen at node-1 eth0 out',
      "RST by the server's kernel (proven), made on the way",
      'redis-server (pid 4711)',
      'not nobody: nothing was sent: a RST ended it',
      'conntrack-expired: the table was not watched',
    ])
      assert.ok(text.includes(part), `${part} in: ${text}`);
    assert.deepEqual(await layoutFaults(page), []);
    assert.deepEqual(await axeViolations(page), []);
    assert.deepEqual(complaints, []);
    assert.ok(requests.every((url) => url.startsWith(live.url)));
  });

  test('who, why, the cure and what to type are there while it lasts', async (t) => {
    const live = await start(t);
    const { page } = await openPage(t, browser, live.url);
    live.take([exampleLoss(1, 'policy-reject')]);
    await page.locator('#answers .who').waitFor();
    const said = async (part: string) => (await page.locator(`#answers .${part}`).innerText()).split(/\s+/);
    assert.deepEqual((await said('who')).slice(0, 5), ['Who', 'the', "server's", 'kernel', '(proven)']);
    assert.deepEqual((await said('cure')).slice(0, 5), ['Cure', 'established-first', '(proven', 'in', 'the']);
    assert.match(await page.locator('#answers pre').innerText(), /netdebug explain policy-reject$/);
  });

  test('a correction moves a loss, an open one too, and the end says what there was in all', async (t) => {
    const live = await start(t);
    const { page } = await openPage(t, browser, live.url);
    live.take([exampleLoss(1, 'unknown'), exampleLoss(2, 'policy-reject')]);
    await page.getByText('2 connections were reset').waitFor();
    await page.locator('#loss-loss-1 summary').click();
    live.take([{ ...exampleLoss(1, 'policy-reject'), revision: 2 }]);
    await page.getByText('policy-reject ×2').waitFor();
    await page.locator('#newest-policy-reject #loss-loss-1[open]').getByText('Corrected 1 time').waitFor();
    assert.deepEqual(await page.locator('#losses h3').allInnerTexts(), ['policy-reject ×2']);
    live.state.end(live.summary());
    await live.close();
    await page.getByText('The run has ended.').waitFor();
    assert.match(await page.locator('#answers pre').innerText(), /netdebug explain policy-reject$/);
    assert.equal(await page.locator('h1').innerText(), '2 connections were reset on node-1 in 10m.');
    assert.equal(await page.locator('.outcome').innerText(), 'ended');
  });
});
