// A page of the catalogue as text for a terminal, and the list of all pages.
import type { CatalogueEntry, ConfirmStep, Fix, Paragraph } from '../../causes/cause-page.ts';
import { placeholders, placeholdersIn } from '../../causes/placeholders.ts';
import { wrap } from '../../report/wrap.ts';

/** No line goes beyond this, nor beyond what a terminal takes. */
export const pageWidth = 100;

/** One line for each cause, ids first. */
export function listText(entries: readonly CatalogueEntry[], columns = pageWidth): string {
  const width = Math.max(...entries.map(({ id }) => id.length)) + 1;
  const lines = entries.flatMap(({ id, title }) => wrap(title, columns, id.padEnd(width), ' '.repeat(width)));
  return `${[...lines, '', 'netdebug explain CAUSE shows the page of one of them.'].join('\n')}\n`;
}

/** The whole page; ends with a newline. */
export function pageText(entry: CatalogueEntry, columns = pageWidth): string {
  const sections = [
    wrap(`${entry.id}: ${entry.title}`, columns),
    section('What is seen', symptoms(entry, columns)),
    section('Who sends the reset', wrap(entry.author.text, columns, '  ')),
    section('Why', why(entry, columns)),
    section('How to confirm', confirm(entry, columns)),
    section('What looks like it', lookAlikes(entry, columns)),
    section(
      'What ends it',
      entry.fixes.flatMap((fix) => fixLines(fix, columns)),
    ),
    section('Sources', sources(entry, columns)),
  ];
  const text = sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
  return `${text.join('\n\n')}\n`;
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines];
}

function symptoms({ symptom, symptoms: said = [] }: CatalogueEntry, columns: number): string[] {
  const rows = Object.entries(symptom);
  if (said.length > 0) rows.push(['people', said.map((text) => `"${text}"`).join('; ')]);
  return rows.flatMap(([who, text]) => wrap(text, columns, `  ${who.padEnd(6)}  `, ' '.repeat(10)));
}

function why({ mechanism, drawing, scenario }: CatalogueEntry, columns: number): string[] {
  const seeIt = scenario === null ? [] : ['', `  To see it happen: netdebug lab run ${scenario}`];
  return [
    ...mechanism.flatMap((paragraph) => [...wrap(marked(paragraph), columns, '  '), '']),
    ...drawing.map((line) => (line === '' ? '' : `    ${line}`)),
    ...seeIt,
  ];
}

const marked = ({ text, basis }: Paragraph) => `${text} [${basis.join(', ')}]`;

function confirm({ id, howToConfirm }: CatalogueEntry, columns: number): string[] {
  const words = howToConfirm.flatMap(({ run, whenItIs, whenNot }) => [run, whenItIs, whenNot]).join(' ');
  const used = placeholdersIn(words);
  const width = Math.max(...used.map((name) => name.length));
  const legend = used.map((name) => `    ${name.padEnd(width)}  ${placeholders[name]}`);
  return [
    ...howToConfirm.flatMap((step, index) =>
      stepLines(step, index, id === 'unknown' ? undecided : thisCause, columns),
    ),
    '',
    ...(legend.length > 0 ? ['  Replace', ...legend] : []),
    ...wrap(
      'Commands for a node need root there. "In a pod" is in its network namespace: on its node, nsenter -t PID -n COMMAND ' +
        'with the id of one of its processes; in a world that the lab holds, netdebug lab exec POD -- COMMAND.',
      columns,
      '  ',
    ),
  ];
}

/** What stands before the two results of a step. */
const thisCause = ['this cause:', 'otherwise:'] as const;
const undecided = ['undecided:', 'decided:'] as const;

function stepLines(
  { where, run, whenItIs, whenNot }: ConfirmStep,
  index: number,
  [itIs, not]: readonly [string, string],
  columns: number,
): string[] {
  const indent = ' '.repeat(18);
  const label = (text: string) => `     ${text.padEnd(indent.length - 5)}`;
  return [
    ...(index === 0 ? [] : ['']),
    `  ${index + 1}. ${capital(placeWords(where))}:`,
    ...run.split('\n').map((line) => `       ${line}`),
    ...wrap(whenItIs, columns, label(itIs), indent),
    ...wrap(whenNot, columns, label(not), indent),
  ];
}

function placeWords(where: ConfirmStep['where']): string {
  if (where === 'anywhere with kubectl') return where;
  return `${where.endsWith('node') ? 'on' : 'in'} ${where}`;
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

function lookAlikes(entry: CatalogueEntry, columns: number): string[] {
  return entry.lookAlikes.flatMap(({ cause, tellApart }) => [
    `  ${cause}`,
    ...wrap(tellApart, columns, '    '),
  ]);
}

function fixLines({ name, whatToDo, sideEffects, proven, tryIt }: Fix, columns: number): string[] {
  return [
    `  ${name} (${proven === 'lab' ? 'shown in the lab' : 'inferred, not run in the lab'})`,
    ...wrap(whatToDo, columns, '    '),
    ...wrap(`Side effects: ${sideEffects}`, columns, '    '),
    ...(tryIt === null ? [] : [`    Try it: ${tryIt}`]),
  ];
}

function sources({ sources: list }: CatalogueEntry, columns: number): string[] {
  return [
    ...list.flatMap(({ title, where }) => [...wrap(title, columns, '  '), `    ${where}`]),
    '',
    ...wrap(
      'Marks: [source] read there; [measured] seen in the lab, with the real kernel in network namespaces; [inferred] ' +
        'follows from the two. No cloud was measured.',
      columns,
      '  ',
    ),
  ];
}
