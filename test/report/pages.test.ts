// The pages as a reader has them: drawn, quiet, self-contained, usable by keyboard and screen reader, whole at every width.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { renderMatrixReport } from '../../src/experiment/matrix-report.ts';
import { readMatrixRecord } from '../../src/run-folder/read-record.ts';
import { renderRun } from '../../src/experiment/run-report.ts';
import { html } from '../../src/report/formats/html.ts';
import { renderPage } from '../../src/report/html/page.ts';
import {
  axeViolations,
  browserSkip,
  keepScreenshot,
  layoutFaults,
  openBrowser,
  openPage,
} from './browser.ts';
import { hourOfTenThousand } from './long-run.ts';
import { recordedReports, recordedRun } from './recorded.ts';

const pages = ['default', 'none', 'inconclusive', 'matrix', 'long'] as const;
type PageName = (typeof pages)[number];

async function render(name: PageName): Promise<string> {
  if (name === 'long') return renderPage(hourOfTenThousand());
  if (name !== 'matrix') return await renderRun(recordedRun(name), html);
  const { data } = await readMatrixRecord(recordedReports);
  if (data === null) throw new Error('the recorded matrix cannot be read');
  return await renderMatrixReport(recordedReports, data, html);
}

describe('the pages in a browser', { skip: await browserSkip() }, () => {
  let browser: Browser;
  let folder = '';
  const urls = new Map<PageName, string>();

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'netdebug-test-'));
    for (const name of pages) {
      const file = join(folder, `${name}.html`);
      await writeFile(file, await render(name));
      urls.set(name, pathToFileURL(file).href);
    }
    browser = await openBrowser();
  });
  after(async () => {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  });

  for (const name of pages) {
    for (const width of [1_280, 390]) {
      for (const colorScheme of ['light', 'dark'] as const) {
        test(`the page "${name}" is drawn at ${width} pixels, ${colorScheme}: nothing cut off, nothing amiss`, async (t) => {
          const url = urls.get(name)!;
          const { page, complaints, requests } = await openPage(t, browser, url, { width, colorScheme });
          assert.deepEqual(await layoutFaults(page), []);
          assert.deepEqual(await axeViolations(page), []);
          await keepScreenshot(page, `${name}-${width}-${colorScheme}`);
          assert.deepEqual(complaints, []);
          assert.deepEqual(requests, [url]);
        });
      }
    }
  }

  test('pointing at an episode lights up the rule change before it and tells both', async (t) => {
    const { page } = await openPage(t, browser, urls.get('default')!);
    const episode = page.locator('.episode').nth(2);
    const id = (await episode.getAttribute('data-before'))!.split(' ')[0]!;
    await episode.scrollIntoViewIfNeeded();
    const dot = (await episode.locator('circle').boundingBox())!;
    await page.mouse.move(dot.x + dot.width / 2, dot.y + dot.height / 2);
    assert.deepEqual(await page.locator('.episode.lit').count(), 1);
    assert.ok(await page.locator(`#${id}.lit`).isVisible());
    const detail = await page.locator('[data-detail]').innerText();
    assert.ok(detail.includes((await episode.getAttribute('aria-label'))!));
    assert.match(detail, /node-1: rule (added|deleted): .*30003: not from all iif eth0 lookup 1/);
  });

  test('the episodes of a class are one stop for Tab, the arrows go through them, Escape lets go', async (t) => {
    const { page } = await openPage(t, browser, urls.get('default')!);
    await page.locator('.episode').first().focus();
    await page.keyboard.press('ArrowRight');
    assert.equal(
      await page.evaluate('document.activeElement.id'),
      await page.locator('.episode').nth(1).getAttribute('id'),
    );
    assert.equal(await page.locator('.episode[tabindex="0"]').count(), 1);
    assert.equal(
      await page.locator('.episode.lit').getAttribute('id'),
      await page.evaluate('document.activeElement.id'),
    );
    await page.keyboard.press('End');
    assert.equal(
      await page.evaluate('document.activeElement.id'),
      await page.locator('.episode').last().getAttribute('id'),
    );
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('.lit').count(), 0);
  });

  test('without scripts the page says as much: drawings, and the episodes as a table', async (t) => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    t.after(() => context.close());
    const page = await context.newPage();
    await page.goto(urls.get('default')!);
    assert.equal(await page.locator('svg.drawing').count(), 2);
    await page.locator('#episodes summary').click();
    assert.equal(await page.locator('#episodes tbody tr').count(), 8);
  });

  test('the policy of the page refuses a script that is not ours', async (t) => {
    const file = join(folder, 'forged.html');
    const forged = (await render('none')).replace(
      '</main>',
      '<script>document.title = "forged"</script></main>',
    );
    await writeFile(file, forged);
    const { page, complaints } = await openPage(t, browser, pathToFileURL(file).href);
    assert.notEqual(await page.title(), 'forged');
    assert.match(complaints.join(' '), /Content Security Policy/);
  });

  test('an hour of 10,000 connections stays under 5 MB', async () => {
    assert.ok((await render('long')).length < 5e6);
  });
});
