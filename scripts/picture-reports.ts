// Makes docs/report.md and its pictures from the recorded runs: npm run record:pictures
// It takes a browser, and changes nothing where the pages are what they were.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { browserSkip, openBrowser } from '../test/report/browser.ts';
import {
  digestsName,
  digestsOf,
  pictureName,
  pictures,
  readmePicture,
  reportPage,
  windows,
} from './pictures/report-page.ts';
import { shownPages } from './pictures/shown-pages.ts';
import { takePicture } from './pictures/take-picture.ts';

const docs = join(dirname(import.meta.dirname), 'docs');
const folder = join(docs, pictures);

const missing = await browserSkip();
if (missing !== false) {
  console.error(`picture-reports: ${missing}`);
  process.exit(69);
}
const pages = await shownPages();
const taken = new Map<string, Buffer>();
const drawn = mkdtempSync(join(tmpdir(), 'netdebug-pictures-'));
const browser = await openBrowser();
try {
  for (const { name, html } of pages) {
    const file = join(drawn, `${name}.html`);
    writeFileSync(file, html);
    for (const window of windows)
      taken.set(pictureName(name, window.name), await takePicture(browser, pathToFileURL(file).href, window));
  }
} finally {
  await browser.close();
  rmSync(drawn, { recursive: true });
}
mkdirSync(folder, { recursive: true });
for (const name of readdirSync(folder)) if (name.startsWith('report-')) rmSync(join(folder, name));
for (const [name, bytes] of taken) {
  writeFileSync(join(folder, name), bytes);
  if (name === readmePicture.of) writeFileSync(join(folder, readmePicture.name), bytes);
}
writeFileSync(join(folder, digestsName), digestsOf(pages));
writeFileSync(join(docs, 'report.md'), reportPage(pages));
const bytes = [...taken.values()].reduce((sum, { length }) => sum + length, 0);
console.error(`picture-reports: ${taken.size} pictures, ${bytes} bytes`);
