// docs/causes.md says what the catalogue and the search of this version give.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { causesPage } from '../../scripts/shown/causes-page.ts';
import { figuresOf, reportSets } from '../../scripts/shown/symptom-figures.ts';
import { catalogue } from '../../src/causes/index.ts';

const sets = reportSets();
const page = readFileSync(join(import.meta.dirname, '../../docs/causes.md'), 'utf8');

test('docs/causes.md is what this version makes of it', () => {
  assert.equal(page, causesPage(catalogue, sets), 'if that is right: npm run docs:causes');
});

test('the published figures are what the search gives', () => {
  for (const { name, reports } of sets) {
    const { asked, first, amongTwo, withoutPage } = figuresOf(reports, catalogue);
    const row =
      new RegExp(`^\\| ${name.replace('-', ' ')} \\| (.*) \\|$`, 'm').exec(page)?.[1] ?? assert.fail(name);
    const numbers = row.split(' | ').map((cell) => Number.parseInt(cell, 10));
    assert.deepEqual(numbers.slice(0, 5), [reports.length, withoutPage, asked, first, amongTwo]);
  }
});

test('no report is in two sets, or twice in one', () => {
  const names = sets.flatMap(({ reports }) => reports.map(({ report }) => report));
  assert.equal(new Set(names).size, names.length);
});

test('a report whose cause has no page is counted apart, and is not a miss', () => {
  const report = { report: 'a/b#1', symptom: 'reset', cause: 'not-there-yet', read: true };
  const { asked, withoutPage, missed } = figuresOf([report], catalogue);
  assert.deepEqual({ asked, withoutPage, missed }, { asked: 0, withoutPage: 1, missed: [] });
  assert.match(
    causesPage(catalogue, [{ name: 'known', reports: [report] }]),
    /^## Not in the catalogue yet\n\n- not-there-yet: \[a\/b#1\]\(https:\/\/github\.com\/a\/b\/issues\/1\)$/m,
  );
});
