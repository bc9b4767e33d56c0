// The live page of a watched node while ten thousand connections are lost: what is sent, what the page holds, and what is being read.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { after, before, describe, test, type TestContext } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { startLossPage, type LossPage } from '../../src/experiment/watch/loss-page.ts';
import { browserSkip, keepScreenshot, layoutFaults, openBrowser, openPage } from '../report/browser.ts';
import { manyLosses, recordedLosses, tellPage, type Told } from './told-losses.ts';

const number = 10_000;
/** As they come of a hundred looks. */
const atOnce = 100;

async function serve(t: TestContext, told: Told): Promise<LossPage> {
  const live = await startLossPage(told.state);
  t.after(() => live.close());
  return live;
}

const batches = <T>(all: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(all.length / atOnce) }, (_, index) =>
    all.slice(index * atOnce, (index + 1) * atOnce),
  );

/** A look each ten milliseconds, so that it takes a second. */
async function storm(told: Told, losses: ReturnType<typeof manyLosses>): Promise<void> {
  for (const batch of batches(losses)) {
    told.take(batch);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The messages that an open page gets, as they come. */
async function listen(url: string): Promise<AsyncGenerator<string>> {
  const signal = AbortSignal.timeout(20_000);
  const [stream] = (await once(get(`${url}events`, { signal }), 'response')) as [IncomingMessage];
  return messagesOf(stream);
}

async function* messagesOf(stream: IncomingMessage): AsyncGenerator<string> {
  let tail = '';
  for await (const piece of stream.setEncoding('utf8')) {
    const pieces = `${tail}${piece as string}`.split('\n\n');
    tail = pieces.pop() ?? '';
    yield* pieces.filter((message) => message.startsWith('event: parts'));
  }
}

test('a storm is sent in a few messages, none of them larger than the page holds, however many are lost', async (t) => {
  const told = tellPage();
  const live = await serve(t, told);
  const messages = await listen(live.url);
  const sent = Array.fromAsync(messages);
  await storm(told, manyLosses(number));
  told.state.end(told.summary());
  await live.close();
  const sizes = (await sent).map(({ length }) => length);
  // One for each half of a second that it took, and the last: a hundred looks have told of losses.
  assert.ok(sizes.length >= 2 && sizes.length < atOnce / 4, `${sizes.length} messages`);
  assert.ok(
    sizes.every((size) => size < 450_000),
    sizes.join(' '),
  );
});

test('what changes nothing but a count sends the count alone', async (t) => {
  const told = tellPage();
  told.take(manyLosses(200));
  const live = await serve(t, told);
  const messages = await listen(live.url);
  await messages.next();
  told.watches({ connections: 8, processes: 2 });
  const { value } = (await messages.next()) as { value: string };
  const sent = JSON.parse(value.split('\ndata: ')[1] ?? '') as Record<string, unknown>;
  assert.deepEqual(Object.keys(sent), ['watched']);
});

test('what is held of ten thousand losses is what is held of a hundred, but for their ids', () => {
  const held = (count: number) => {
    const told = tellPage();
    told.take(manyLosses(count));
    return told.state.view().groups.flatMap(({ newest }) => newest).length;
  };
  assert.equal(held(number), held(100));
  assert.ok(held(number) <= 60);
});

describe('the page in a storm', { skip: await browserSkip() }, () => {
  let browser: Browser;
  before(async () => {
    browser = await openBrowser();
  });
  after(() => browser.close());

  const nodesIn = (page: Page) => page.evaluate<number>("document.getElementsByTagName('*').length");
  const topOf = (page: Page, id: string) =>
    page.evaluate<number>(
      `Math.round(document.getElementById(${JSON.stringify(id)}).getBoundingClientRect().top)`,
    );

  test('holds no more elements after it than before, counts exactly, and what is being read stays as it is', async (t) => {
    const told = tellPage();
    const live = await serve(t, told);
    const losses = manyLosses(number);
    const { page, complaints } = await openPage(t, browser, live.url, { width: 390 });
    told.take(losses.slice(0, 60));
    await page.getByText('60 connections were lost').waitFor();
    const before = await nodesIn(page);
    assert.ok(before < 1_000, `${before} elements`);

    // One is open and read at some place of the window, another has the focus.
    const [open, focused] = await page.evaluate<string[]>(
      "[...document.querySelectorAll('.losses details')].slice(10, 12).map(({ id }) => id)",
    );
    assert.ok(open !== undefined && focused !== undefined);
    const at = (id: string) => `document.getElementById(${JSON.stringify(id)})`;
    await page.locator(`[id="${open}"] > summary`).click();
    await page.locator(`[id="${open}"] .ladder`).waitFor();
    await page.evaluate(`${at(focused)}.firstElementChild.focus()`);
    await page.evaluate(`${at(open)}.scrollIntoView({ block: 'center' })`);
    await page.evaluate(`${at(open)}.querySelector('.scroll').scrollTo(40, 0)`);
    const [openAt, focusedAt] = [await topOf(page, open), await topOf(page, focused)];

    await storm(told, losses.slice(60));
    told.countOnly(2_000);
    await page.getByText('12,000 connections were lost').waitFor();
    assert.deepEqual(
      (await page.locator('#losses h3').allInnerTexts()).map((title) => title.split(' ×')[1]),
      [...Map.groupBy(losses, ({ cause }) => cause.id).values()]
        .map((group) => group.length)
        .sort((a, b) => b - a)
        .map((count) => count.toLocaleString('en-US')),
    );
    await page.getByText('2,000 more were counted').waitFor();
    assert.equal(await page.evaluate(`${at(open)}.hasAttribute('open')`), true);
    assert.equal(await page.locator(`[id="${open}"] .ladder`).count(), 1);
    assert.equal(await page.evaluate('document.activeElement.parentElement.id'), focused);
    assert.equal(await page.evaluate(`${at(open)}.querySelector('.scroll').scrollLeft`), 40);
    // They are at the end of the list now, and still where they were in the window.
    assert.ok(Math.abs((await topOf(page, focused)) - focusedAt) <= 2, 'the one with the focus moved');
    assert.ok(Math.abs((await topOf(page, open)) - openAt) <= 2, 'the open one moved');
    // The ladder of the open one, and its row and that of the focused one, are what is there besides.
    const unfolded = await page.evaluate<number>(`${at(open)}.getElementsByTagName('*').length`);
    assert.ok((await nodesIn(page)) <= before + unfolded + 40, `${await nodesIn(page)} elements`);
    assert.deepEqual(await layoutFaults(page), []);
    assert.deepEqual(complaints, []);
    await keepScreenshot(page, 'watch-390');
    // A page that is opened later has all of it at once.
    const later = await openPage(t, browser, live.url);
    assert.match(await later.page.locator('h1').innerText(), /^12,000 connections were lost on node-1 since/);
  });

  test('what is closed again and left goes with the next news, and what is being copied stays selected', async (t) => {
    const told = tellPage();
    const live = await serve(t, told);
    const [first, ...others] = manyLosses(100, recordedLosses().slice(0, 1));
    const { page } = await openPage(t, browser, live.url);
    told.take([first!]);
    const details = page.locator(`[id="loss-${first!.id}"]`);
    await details.locator('summary').first().click();
    await page.evaluate("getSelection().selectAllChildren(document.querySelector('#answers pre'))");
    told.take(others.slice(0, 50));
    await page.getByText('×51').waitFor();
    assert.equal(await details.count(), 1);
    assert.match(await page.evaluate<string>('getSelection().toString()'), /^netdebug explain /);
    await details.locator('summary').first().click();
    await page.evaluate('document.activeElement.blur(), getSelection().empty()');
    told.take(others.slice(50));
    await page.getByText('×100').waitFor();
    assert.equal(await details.count(), 0);
  });
});
