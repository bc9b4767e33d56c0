// A page on paper: black on white, every fold open, nothing cut off, and no ladder torn where it fits on a sheet.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { browserSkip, openPage } from './browser.ts';
import { foldsUnprinted, sheet, sheetsOfTables, tooWideForPaper } from './printed-pages.ts';
import { writtenPages } from './written-pages.ts';

describe('on paper, the page of everything that was recorded', { skip: await browserSkip() }, () => {
  const pages = writtenPages();

  test('is black on white, whole, and as wide as a sheet, whatever the colours of the screen are', async (t) => {
    const { page } = await openPage(t, pages.browser(), 'about:blank', { ...sheet, colorScheme: 'dark' });
    await page.emulateMedia({ media: 'print' });
    const faults: string[] = [];
    for (const { name, url } of pages.all()) {
      await page.goto(url);
      const colours = await page.evaluate(
        '[document.body, document.documentElement].map((one) => getComputedStyle(one)).map(({ color, backgroundColor }) => `${color} on ${backgroundColor}`)[0]',
      );
      if (colours !== 'rgb(0, 0, 0) on rgb(255, 255, 255)') faults.push(`${name}: ${String(colours)}`);
      const found = [...(await tooWideForPaper(page)), ...(await foldsUnprinted(page))];
      faults.push(...found.map((fault) => `${name}: ${fault}`));
    }
    assert.deepEqual(faults, []);
  });

  test('has each ladder on one sheet', async (t) => {
    const { page } = await openPage(t, pages.browser(), 'about:blank', sheet);
    await page.emulateMedia({ media: 'print' });
    const torn: string[] = [];
    let ladders = 0;
    for (const { name, url } of pages.all().filter(({ html }) => html.includes('class="ladder"'))) {
      await page.goto(url);
      const kinds = await page.evaluate<string[]>(
        "[...document.querySelectorAll('table')].map(({ className }) => className)",
      );
      const sheets = await sheetsOfTables(page);
      assert.equal(sheets.length, kinds.length, name);
      for (const [index, kind] of kinds.entries()) {
        if (kind !== 'ladder') continue;
        ladders += 1;
        if (sheets[index]?.length !== 1) torn.push(`${name}: ${sheets[index]?.join(' and ') ?? 'no'}`);
      }
    }
    assert.deepEqual(torn, []);
    assert.ok(ladders > 10);
  });
});
