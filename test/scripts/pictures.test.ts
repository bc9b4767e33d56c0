// docs/report.md shows every scenario as this version tells it, and its pictures are of the pages that this version makes.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import {
  digestsName,
  digestsOf,
  pictureName,
  readmePicture,
  reportPage,
  windows,
} from '../../scripts/pictures/report-page.ts';
import type { ShownPage } from '../../scripts/pictures/shown-page.ts';
import { shownPages } from '../../scripts/pictures/shown-pages.ts';
import { scenariosEverywhere } from '../../src/lab/scenarios/index.ts';

const docs = join(import.meta.dirname, '../../docs');
const folder = join(docs, 'pictures');
const again = 'if that is right: npm run record:pictures';

/** Width and height of a WebP file as Chromium writes it, in the extended layout. */
function sizeOf(webp: Buffer): { width: number; height: number } {
  assert.equal(webp.toString('latin1', 0, 4) + webp.toString('latin1', 8, 16), 'RIFFWEBPVP8X');
  return { width: webp.readUIntLE(24, 3) + 1, height: webp.readUIntLE(27, 3) + 1 };
}

describe('docs/report.md', () => {
  let pages: readonly ShownPage[];
  before(async () => {
    pages = await shownPages();
  });

  test('has each scenario, a capture and a watch, in the words that are printed now', () => {
    const page = readFileSync(join(docs, 'report.md'), 'utf8');
    assert.equal(page, reportPage(pages), again);
    const headings = [...page.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    const named = scenariosEverywhere.map(({ name }) => name);
    assert.deepEqual(headings, [...named, 'A capture by somebody else', 'A watch']);
  });

  test('has pictures of the pages that are made now', () => {
    assert.equal(readFileSync(join(folder, digestsName), 'utf8'), digestsOf(pages), again);
  });

  test('has two pictures of each, of the size of a first screen, and no others; all are small', () => {
    const wanted = pages.flatMap(({ name }) =>
      windows.map((window) => ({ ...window, file: pictureName(name, window.name) })),
    );
    const there = readdirSync(folder).filter((name) => name.startsWith('report-'));
    assert.deepEqual(there.sort(), [...wanted.map(({ file }) => file), digestsName].sort());
    let bytes = 0;
    for (const { file, width, height } of wanted) {
      const webp = readFileSync(join(folder, file));
      assert.deepEqual(sizeOf(webp), { width, height }, file);
      bytes += webp.length;
    }
    // On the average: a clone has them all.
    assert.ok(bytes < 40_000 * wanted.length, `${bytes} bytes`);
  });

  test('README shows the first of them', () => {
    const [shown, of] = [readmePicture.name, readmePicture.of].map((name) =>
      readFileSync(join(folder, name)),
    );
    assert.ok(shown !== undefined && of !== undefined && shown.equals(of));
  });
});
