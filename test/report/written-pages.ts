// The pages of everything that was recorded, written into files, and a browser to open them in: for the tests that look at each of them.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { openBrowser } from './browser.ts';
import { recordedPages, type RecordedPage } from './recorded-pages.ts';

interface WrittenPage extends RecordedPage {
  readonly url: string;
}

export interface WrittenPages {
  readonly browser: () => Browser;
  readonly all: () => readonly WrittenPage[];
}

/** To be called in a suite: writes them and opens the browser before its tests, and takes both away after them. */
export function writtenPages(): WrittenPages {
  const all: WrittenPage[] = [];
  let browser: Browser;
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'netdebug-test-'));
    for await (const page of recordedPages()) {
      const file = join(folder, `${page.name}.html`);
      await writeFile(file, page.html);
      all.push({ ...page, url: pathToFileURL(file).href });
    }
    browser = await openBrowser();
  });
  after(async () => {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  });
  return { browser: () => browser, all: () => all };
}
