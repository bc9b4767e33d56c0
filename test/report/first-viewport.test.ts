// Who opens a page has the answer before scrolling, on a desk and on a phone: what was lost, who, why, the cure, and what to type.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FirstScreen } from '../../src/model/first-screen.ts';
import { noCure } from '../../src/report/first-screen/no-cure.ts';
import { browserSkip, openPage, overflows, unseenInViewport } from './browser.ts';
import { writtenPages } from './written-pages.ts';

/** The first of several, and each of the others in a line, are in view. */
const partsOf = ({ answers }: FirstScreen): string[] => [
  '#heading h1',
  ...(answers.length === 0
    ? []
    : ['who', 'why', 'cure', 'next'].map((part) => `.answers > .answer > .${part}`)),
  ...(answers.length > 1 ? ['.answers > .of-many'] : []),
];

/** What these have to say. */
function wordsOf({ headline, answers, next }: FirstScreen): string[] {
  const [first] = answers;
  if (first === undefined) return [headline, ...(next === null ? [] : [next.command])];
  const { what, who, why, cure, next: then } = first;
  const where = then?.where ?? null;
  const typed = `${where === null ? '' : `${where}:`} ${then?.command ?? ''}`;
  return [
    ...[
      headline,
      `Who ${who.words}`,
      `Why ${why.words}`,
      `Cure ${cure?.words ?? noCure(first)}`,
      `Next ${typed}`,
    ],
    ...(answers.length > 1 ? [`${what} finding 1 of ${answers.length}`] : []),
  ];
}

/** A line is broken where there is room. */
const plain = (text: string): string => text.replace(/\s+/g, ' ').trim();

describe('before scrolling, the page of everything that was recorded', { skip: await browserSkip() }, () => {
  const pages = writtenPages();

  for (const { width, height } of [
    { width: 1_280, height: 800 },
    { width: 390, height: 844 },
  ]) {
    test(`says the whole first answer at ${width} by ${height}, and nothing is wider than that`, async (t) => {
      const { page } = await openPage(t, pages.browser(), 'about:blank', { width, height });
      const faults: string[] = [];
      for (const { name, url, screen } of pages.all()) {
        await page.goto(url);
        const parts = partsOf(screen);
        const unseen = await unseenInViewport(page, parts);
        const said = plain(await page.locator('#heading').innerText());
        const missing = wordsOf(screen).filter((words) => !said.includes(plain(words)));
        const wide = await overflows(page);
        faults.push(
          ...[...unseen, ...missing.map((words) => `not said: ${words}`), ...wide].map(
            (fault) => `${name}: ${fault}`,
          ),
        );
      }
      assert.deepEqual(faults, []);
      assert.ok(pages.all().length > 15);
    });
  }
});
