// How each cause fares, with everything and with nothing of ours: how often it is named, and what else stays open beside it.
import { catalogue } from '../../src/causes/index.ts';
import { ofFaults, type Column, type Judged } from './columns.ts';
import { largestOf } from './judgement.ts';
import { table } from './markdown.ts';

type ColumnRuns = readonly [Column, readonly Judged[]];

const told: ReadonlySet<string> = new Set([
  'all witnesses',
  'foreign (no client events)',
  'real workloads, foreign (no client events)',
]);

/** The section of the page; empty where none of these columns has a run. */
export function causeTable(seen: readonly ColumnRuns[]): string[] {
  const own = seen.filter(([{ name }]) => told.has(name));
  const rows = catalogue.flatMap(({ id }) => {
    const cells = own.map(([, judged]) =>
      inWords(ofFaults(judged).filter(({ truth }) => truth.cause === id)),
    );
    return cells.every((cell) => cell === '') ? [] : [[id, ...cells]];
  });
  if (rows.length === 0) return [];
  return [
    '## By cause',
    '',
    'Runs in which author and cause are named rightly, of those made; then what became of the others. *Open beside*: what the largest',
    'finding left beside the truth, which is then listed below as a pair.',
    '',
    ...table(['cause', ...own.map(([{ name }]) => name)], rows),
    '',
  ];
}

function inWords(judged: readonly Judged[]): string {
  if (judged.length === 0) return '';
  const of = (verdict: Judged['verdict']) => judged.filter((one) => one.verdict === verdict);
  const open = of('one of several');
  const beside = new Set(
    open.flatMap(({ answers, truth }) => {
      const { rivals = [], suspects = [] } = largestOf(answers) ?? {};
      const others = rivals.filter((name) => name !== truth.cause);
      return others.length > 0 ? others : suspects.filter((name) => !truth.authors.includes(name));
    }),
  );
  const rest = [
    // Of several authors that are all right there is none beside the truth.
    ...(open.length > 0 ? [[`${open.length} open`, ...besideWords(beside)].join(' ')] : []),
    ...(['unknown', 'wrong'] as const).flatMap((verdict) => {
      const { length } = of(verdict);
      return length > 0 ? [`${length} ${verdict}`] : [];
    }),
  ];
  return [`${of('right').length}/${judged.length}`, ...rest].join('; ');
}

const besideWords = (names: ReadonlySet<string>) =>
  names.size === 0 ? [] : [`beside ${[...names].join(', ')}`];
