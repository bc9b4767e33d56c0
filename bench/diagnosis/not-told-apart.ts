// The pairs of causes that stood open together: where, how often, and what would tell the two apart.
import { catalogue } from '../../src/causes/index.ts';
import { ofFaults, type Column, type Judged } from './columns.ts';
import { table } from './markdown.ts';

/** Columns of a pair that are named; the others are counted. */
const namedColumns = 3;

/**
 * The section of the page; empty where no pair stood open. A pair counts once a run and column, however many findings have it, and only
 * where one of the two was the truth: two wrong names beside each other are a fault, not a pair that is hard to tell apart.
 */
export function notToldApart(seen: readonly (readonly [Column, readonly Judged[]])[]): string[] {
  const pairs = new Map<string, Map<string, number>>();
  for (const [{ name }, judged] of seen)
    for (const pair of ofFaults(judged).flatMap(openPairs)) {
      const columns = pairs.get(pair) ?? new Map<string, number>();
      pairs.set(pair, columns.set(name, (columns.get(name) ?? 0) + 1));
    }
  if (pairs.size === 0) return [];
  const rows = [...pairs]
    .map(([pair, columns]) => ({ pair, columns, runs: [...columns.values()].reduce((sum, n) => sum + n, 0) }))
    .toSorted((a, b) => b.columns.size - a.columns.size || b.runs - a.runs || a.pair.localeCompare(b.pair))
    .map(({ pair, columns }) => [
      pair.replace(' ', ' / '),
      inColumns(columns),
      saidOf(pair) ?? 'the mark of each',
    ]);
  return [
    '## What could not be told apart',
    '',
    'Pairs of causes of which one was the truth and both stood open, by the columns in which they did (runs), and what tells the two',
    'apart, as the pages of the causes say (`netdebug explain CAUSE`). Where neither page names the other, the marks of the two do, in',
    'the table after this one.',
    '',
    ...table(['pair', 'open together in', 'told apart by'], rows),
    '',
    ...marksOf([...pairs.keys()].filter((pair) => saidOf(pair) === undefined).flatMap(endsOf)),
  ];
}

/** What shows each of these causes and no other: the first thing that its page says to look at. */
function marksOf(causes: readonly string[]): string[] {
  const wanted = new Set(causes);
  const rows = catalogue.flatMap(({ id, howToConfirm: [first] }) =>
    wanted.has(id) && first !== undefined ? [[id, first.where, code(first.run), first.whenItIs]] : [],
  );
  if (rows.length === 0) return [];
  return [
    '### The mark of each',
    '',
    ...table(['cause', 'where', 'look', 'it is this cause when'], rows),
    '',
  ];
}

/** In one line, as a cell of a table has it. */
const code = (command: string): string =>
  `\`${command.replaceAll(/\\?\n\s*/g, ' ').replaceAll('|', '\\|')}\``;

/** `CAUSE CAUSE`, in the order of the alphabet. */
function openPairs({ truth: { cause }, answers }: Judged): string[] {
  const beside = answers
    .filter(({ causeCertainty }) => causeCertainty === 'open')
    .map((answer) => [answer.cause, ...answer.rivals].filter((name) => name !== 'unknown'))
    .filter((names) => cause !== null && names.includes(cause))
    .flatMap((names) => names.filter((name) => name !== cause));
  return [...new Set(beside)].map((name) => [name, String(cause)].toSorted().join(' '));
}

function inColumns(columns: ReadonlyMap<string, number>): string {
  const most = [...columns].toSorted(([, a], [, b]) => b - a);
  const more = most.length - namedColumns;
  return [
    ...most.slice(0, namedColumns).map(([name, runs]) => `${name} (${runs})`),
    ...(more > 0 ? [`${more} more`] : []),
  ].join('; ');
}

const endsOf = (pair: string): string[] => pair.split(' ');

/** What the page of the one says of the other. */
function saidOf(pair: string): string | undefined {
  const [a = '', b = ''] = endsOf(pair);
  const said = (of: string, other: string) =>
    catalogue.find(({ id }) => id === of)?.lookAlikes.find(({ cause }) => cause === other)?.tellApart;
  return said(a, b) ?? said(b, a);
}
