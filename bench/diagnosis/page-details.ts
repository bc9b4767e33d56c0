// The long tables of the page: who was mistaken for whom, each variant, each fix.
import { ofFaults, type Column, type Judged } from './columns.ts';
import { largestOf, type Answer } from './judgement.ts';
import { wasMade, type Trial } from './ledger.ts';
import { table } from './markdown.ts';

type ColumnRuns = readonly [Column, readonly Judged[]];

/** Of the columns whose runs tell most: with everything, and with nothing of ours. */
export function confusionTables(seen: readonly ColumnRuns[]): string[] {
  return seen
    .filter(([{ condition }]) => condition === 'plain')
    .slice(0, 2)
    .flatMap(([{ name }, judged]) => [
      `## Confusion, ${name}`,
      '',
      'Causes of the largest finding; `open` for several, `nothing` where no connection was lost.',
      '',
      ...confusion(judged, ({ truth }) => truth.cause ?? 'nothing', saidCause),
      '',
      'Authors likewise; where several are right, all are named.',
      '',
      ...confusion(ofFaults(judged), ({ truth }) => truth.authors.join(' or '), saidAuthor),
      '',
    ]);
}

const saidCause = (answer: Answer | null) =>
  said(answer, answer?.cause ?? '', answer?.causeCertainty === 'open', answer?.rivals ?? []);
const saidAuthor = (answer: Answer | null) =>
  said(answer, answer?.author ?? '', answer?.authorCertainty === 'open', answer?.suspects ?? []);

function said(answer: Answer | null, name: string, isOpen: boolean, others: readonly string[]): string {
  if (answer === null) return 'nothing';
  if (!isOpen) return name;
  return name === 'unknown' && others.length === 0 ? 'unknown' : 'open';
}

function confusion(
  judged: readonly Judged[],
  wasOf: (one: Judged) => string,
  saidOf: (answer: Answer | null) => string,
): string[] {
  const pairs = judged.map((one) => ({ was: wasOf(one), said: saidOf(largestOf(one.answers)) }));
  const was = [...new Set(pairs.map((pair) => pair.was))];
  const found = new Set(pairs.map((pair) => pair.said));
  const names = [
    ...was.filter((one) => found.has(one)),
    ...[...found].filter((one) => !was.includes(one)).sort(),
  ];
  return table(
    ['was ↓, said →', ...names],
    was.map((row) => [
      row,
      ...names.map((name) => {
        const count = pairs.filter((pair) => pair.was === row && pair.said === name).length;
        return count === 0 ? '' : String(count);
      }),
    ]),
  );
}

export function variantTable(seen: readonly ColumnRuns[]): string[] {
  const variantOf = ({ trial }: Judged) => `${trial.scenario} / ${trial.variant}`;
  const variants = [...new Set(seen.flatMap(([, judged]) => judged.map(variantOf)))];
  if (variants.length === 0) return [];
  const rows = variants.map((variant) => [
    variant,
    ...seen.map(([, judged]) => {
      const own = judged.filter((one) => variantOf(one) === variant);
      const right = own.filter(({ verdict }) => verdict === 'right').length;
      return own.length === 0 ? '' : `${right}/${own.length}`;
    }),
  ]);
  return [
    '## By scenario and variant',
    '',
    'Runs that are right, of those made; `healthy` is right when nothing is found.',
    '',
    ...table(['scenario / variant', ...seen.map(([{ name }]) => name)], rows),
    '',
  ];
}

export function fixTable(trials: readonly Trial[]): string[] {
  const fixed = trials.filter((trial) => trial.condition === 'fixed' && wasMade(trial));
  if (fixed.length === 0) return [];
  const groups = Map.groupBy(fixed, ({ scenario, fix }) => `${scenario} | ${fix ?? ''}`);
  const sum = (own: readonly Trial[], of: (trial: Trial) => number) =>
    String(own.reduce((total, trial) => total + of(trial), 0));
  return [
    '## Does each fix end it?',
    '',
    "Each variant with each fix of its scenario, for the scenario's whole length. `none` is a proof, not the absence of one: the time without a reset was long enough.",
    '',
    ...table(
      ['scenario', 'fix', 'variants', 'runs', 'outcome `none`', 'resets', 'other failed connections'],
      [...groups].map(([name, own]) => [
        ...name.split(' | '),
        String(new Set(own.map(({ variant }) => variant)).size),
        String(own.length),
        String(own.filter(({ outcome }) => outcome === 'none').length),
        sum(own, ({ resets }) => resets),
        sum(own, ({ failures, resets }) => failures - resets),
      ]),
    ),
    '',
  ];
}
