// The pages as a reader meets them: README is short and in its order, no link is dead, and no page is forgotten.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { blockAfter } from '../scripts/shown/blocks.ts';
import { shownCommands } from '../scripts/shown/commands.ts';
import { whole } from '../scripts/shown/parts.ts';

const root = dirname(import.meta.dirname);
const read = (page: string) => readFileSync(join(root, page), 'utf8');
const pages = [
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'],
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
/** A benchmark writes it, on a machine that does nothing else: `npm run bench:watch -- --write`. */
const writtenLater = 'docs/watch-cost.md';

const withoutCode = (text: string) => text.replace(/^```[^]*?^```$/gm, '').replace(/`[^`\n]*`/g, 'code');

/** What a heading is called in a link, as the usual hosts of Markdown do it. */
function anchorsOf(text: string): string[] {
  const headings = text.replace(/^```[^]*?^```$/gm, '').matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{Letter}\p{Number}\-_ ]/gu, '')
      .replaceAll(' ', '-'),
  );
}

test('README has at most 150 lines, and its parts are in the order in which they are needed', () => {
  const text = read('README.md');
  const lines = text.split('\n').length - 1;
  assert.ok(lines <= 150, `${lines} lines`);
  const parts = [
    '](docs/now.md)',
    'netdebug watch',
    'netdebug diagnose',
    '\nnpm run repro\n',
    '\nnpm test\n',
    '](docs/pictures/how-the-bug-works.svg)',
    '## The report',
    '](docs/pictures/report.webp)',
    '](docs/report.md)',
    '## Where to read on',
    '](docs/index.md)',
  ];
  const places = parts.map((part) => text.indexOf(part));
  assert.ok(!places.includes(-1), String(parts[places.indexOf(-1)]));
  assert.deepEqual(
    places,
    places.toSorted((a, b) => a - b),
  );
});

test('README says in two sentences what it is', () => {
  const [, title, what = '', next] = /^(# netdebug)\n\n(.*?)\n\n(\*\*.*)$/ms.exec(read('README.md')) ?? [];
  assert.ok(title !== undefined && next !== undefined);
  assert.equal(what.match(/\.(?=\s|$)/g)?.length, 2, what);
});

for (const { name, takes, print, places } of shownCommands) {
  const shownAt = (page: string, after: string) => blockAfter(read(page), after);
  const [all] = places.filter(({ part }) => part === whole);

  test(`every page shows the same output of ${name}, or its part of it`, () => {
    assert.ok(all !== undefined && shownAt(all.page, all.after).split('\n').length > 12);
    for (const { page, after, part } of places)
      assert.equal(shownAt(page, after), part(shownAt(all.page, all.after)), page);
  });

  // The others are different each time.
  if (takes !== null) continue;
  test(`what is shown of ${name} is what it prints`, async () => {
    const printed = await print();
    for (const { page, after, part } of places)
      assert.equal(shownAt(page, after), part(printed), `${page}; if that is right: npm run record:docs`);
  });
}

test('no link between the pages is dead, to a heading neither', () => {
  const dead: string[] = [];
  let links = 0;
  for (const page of pages) {
    for (const [, target = ''] of withoutCode(read(page)).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      links += 1;
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? page : join(dirname(page), path);
      if (file === writtenLater) continue;
      const isThere = existsSync(join(root, file));
      if (!isThere || (anchor !== undefined && !anchorsOf(read(file)).includes(anchor)))
        dead.push(`${page}: ${target}`);
    }
  }
  assert.ok(links > 60, `${links} links`);
  assert.deepEqual(dead, []);
});

test('docs/index.md lists every page of docs', () => {
  const index = read('docs/index.md');
  const missing = pages.filter(
    (page) =>
      page.startsWith('docs/') &&
      page !== 'docs/index.md' &&
      !index.includes(`](${page.slice('docs/'.length)})`),
  );
  assert.deepEqual(missing, []);
});
