// Makes docs/causes.md from the catalogue and the public reports of test/symptoms, and prints how often the search is right:
//   npm run docs:causes
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogue } from '../src/causes/index.ts';
import { causesPage } from './shown/causes-page.ts';
import { figuresOf, reportSets } from './shown/symptom-figures.ts';

const sets = reportSets();
writeFileSync(join(import.meta.dirname, '../docs/causes.md'), causesPage(catalogue, sets));
for (const { name, reports } of sets) {
  const { asked, withoutPage, first, amongTwo, amongThree } = figuresOf(reports, catalogue);
  const said = `first ${first}, among two ${amongTwo}, among three ${amongThree}, of ${asked}`;
  console.error(`docs-causes: ${name}: ${said}; ${withoutPage} without a page`);
}
