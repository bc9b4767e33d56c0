// docs/causes.md, made of the catalogue and of public reports; pure.
import type { CatalogueEntry } from '../../src/causes/cause-page.ts';
import { authorWords } from '../../src/model/author.ts';
import { figuresOf, type Figures, type KnownReport, type ReportSet } from './symptom-figures.ts';

export function causesPage(catalogue: readonly CatalogueEntry[], sets: readonly ReportSet[]): string {
  const reports = sets.flatMap((set) => set.reports);
  const causes = catalogue.filter(({ id }) => id !== 'unknown');
  const parts = [
    intro,
    ...causes.map((cause) =>
      causePart(
        cause,
        reports.filter((report) => report.cause === cause.id),
      ),
    ),
    ...withoutPage(catalogue, reports),
    found,
    figuresTable(sets, catalogue),
    ...sets.flatMap((set) => missedPart(set, figuresOf(set.reports, catalogue))),
  ];
  return `${parts.join('\n\n')}\n`;
}

const intro = `# Causes

Made by \`npm run docs:causes\`. Each cause in one sentence, who ends the connection then, whether the lab shows it, and public reports that it answers. The
whole page of one: \`netdebug explain CAUSE\`. From what you see to a page: \`netdebug explain --symptom "reset after 15 idle minutes"\`.`;

function causePart(
  { id, title, author, scenario, fixes }: CatalogueEntry,
  reports: readonly KnownReport[],
): string {
  const shown = fixes.filter(({ tryIt }) => tryIt !== null).map(({ name }) => name);
  const cures = shown.length === 0 ? '' : `; what ends it there: ${shown.join(', ')}`;
  return [
    `## ${id}`,
    `${title.charAt(0).toUpperCase()}${title.slice(1)}.\n`,
    `- Ended by: ${author.who.map((who) => authorWords[who]).join('; or ')}.`,
    `- In the lab: ${scenario === null ? 'not shown' : `\`netdebug lab run ${scenario}\`${cures}`}.`,
    `- Reports: ${reports.length === 0 ? 'none known' : listed(reports)}.`,
  ].join('\n');
}

const listed = (reports: readonly KnownReport[]) => reports.map(({ report }) => link(report)).join(', ');

/** GitHub leads from there to a pull request, too. */
const link = (report: string) => `[${report}](https://github.com/${report.replace('#', '/issues/')})`;

function withoutPage(catalogue: readonly CatalogueEntry[], reports: readonly KnownReport[]): string[] {
  const others = reports.filter(({ cause }) => !catalogue.some(({ id }) => id === cause));
  const causes = [...new Set(others.map(({ cause }) => cause))];
  if (causes.length === 0) return [];
  const rows = causes.map((id) => `- ${id}: ${listed(others.filter(({ cause }) => cause === id))}`);
  return [`## Not in the catalogue yet\n\n${rows.join('\n')}`];
}

const found = `## How often \`--symptom\` leads to the right page

Asked with one line for each report, in the words of somebody who has the problem; a report counts where the page of its cause is what \`netdebug explain
--symptom LINE\` names first, or among the first two. Known: the reports that the causes were collected from; their lines (test/symptoms/known.json) were
written before the search was, but by who then chose the search's words. Found later: reports looked for when the search was done; their lines
(test/symptoms/found-later.json) were written before it was asked, and nothing was changed for them. A report whose cause is not in the catalogue yet is not asked.`;

const setNames = { known: 'known', 'found-later': 'found later' } as const;

function figuresTable(sets: readonly ReportSet[], catalogue: readonly CatalogueEntry[]): string {
  const rows = sets.map(({ name, reports }) => {
    const { asked, first, amongTwo, amongThree, withoutPage: none } = figuresOf(reports, catalogue);
    const cells = [setNames[name], reports.length, none, asked, share(first, asked), share(amongTwo, asked)];
    return `| ${[...cells, share(amongThree, asked)].join(' | ')} |`;
  });
  const head = '| set | reports | cause not in the catalogue yet | asked | first | first two | first three |';
  return [head, '|---|--:|--:|--:|--:|--:|--:|', ...rows].join('\n');
}

const share = (count: number, of: number) =>
  of === 0 ? '0' : `${count} (${Math.round((100 * count) / of)}%)`;

function missedPart({ name }: ReportSet, { missed }: Figures): string[] {
  if (missed.length === 0) return [];
  const rows = missed.map(
    ({ report, cause, found: pages }) =>
      `- ${link(report)}: ${cause}; named: ${pages.length === 0 ? 'nothing' : pages.join(', ')}`,
  );
  return [`Not among the first two, of what was ${setNames[name]}:\n\n${rows.join('\n')}`];
}
