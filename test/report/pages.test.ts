// The page of a run as a reader has it: drawn, quiet, self-contained, usable by keyboard and screen reader, whole at every width.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { browserSkip, openPage } from './browser.ts';
import { drawnPages, render, testDrawn } from './drawn-pages.ts';

describe('the page of a run in a browser', { skip: await browserSkip() }, () => {
  const pages = drawnPages(['default', 'diagnose', 'compared', 'silent-drop', 'conntrack-table-full']);
  testDrawn(pages, 'diagnose', { width: 390, colorScheme: 'light' });
  testDrawn(pages, 'compared', { width: 390, colorScheme: 'light' });
  testDrawn(pages, 'silent-drop', { width: 390, colorScheme: 'dark' });
  testDrawn(pages, 'conntrack-table-full', { width: 1_280, colorScheme: 'light' });
  testDrawn(pages, 'default', { width: 1_280, colorScheme: 'light' });
  testDrawn(pages, 'default', { width: 390, colorScheme: 'dark' });

  test('pointing at an episode lights up the rule change before it and tells both', async (t) => {
    const { page } = await pages.open(t, 'default');
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
    const { page } = await pages.open(t, 'default');
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
    const context = await pages.browser().newContext({ javaScriptEnabled: false });
    t.after(() => context.close());
    const page = await context.newPage();
    await page.goto(pages.url('default'));
    assert.equal(await page.locator('svg.drawing').count(), 2);
    await page.locator('#episodes summary').click();
    assert.equal(await page.locator('#episodes tbody tr').count(), 8);
  });

  test('the policy of the page refuses a script that is not ours', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'netdebug-test-'));
    t.after(() => rm(folder, { recursive: true, force: true }));
    const file = join(folder, 'forged.html');
    const forged = (await render('none')).replace(
      '</main>',
      '<script>document.title = "forged"</script></main>',
    );
    await writeFile(file, forged);
    const { page, complaints } = await openPage(t, pages.browser(), pathToFileURL(file).href);
    assert.notEqual(await page.title(), 'forged');
    assert.match(complaints.join(' '), /Content Security Policy/);
  });
});
