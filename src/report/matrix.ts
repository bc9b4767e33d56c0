// Several runs of one scenario side by side: what was on, what came out, and whether that was expected.
import type { Outcome, RunRecord } from '../model/run-record.ts';
import { alignColumns } from './table.ts';

export interface MatrixCell {
  readonly record: RunRecord;
  readonly expected: Outcome;
}

/** One row per run: a column per factor, the fix, resets of each class, the outcome. Ends with a newline. */
export function renderMatrix(scenario: string, cells: readonly MatrixCell[]): string {
  const [first] = cells;
  if (first === undefined) return '';
  const factors = Object.keys(first.record.factors);
  const classes = first.record.classes.map((one) => one.name);
  const head = [
    ...factors,
    'fix',
    ...classes.map((name) => `resets ${name}`),
    'outcome',
    'finding',
    'expected',
  ];
  const rows = cells.map(({ record, expected }) => [
    ...factors.map((name) => (record.factors[name] === true ? 'on' : 'off')),
    record.fix ?? '-',
    ...classes.map((name) => String(record.classes.find((one) => one.name === name)?.resets ?? 0)),
    record.verdict.outcome,
    record.findings.map((finding) => finding.cause).join(', ') || '-',
    record.verdict.outcome === expected ? 'yes' : `no: ${expected}`,
  ]);
  const right = classes.map((_, index) => factors.length + 1 + index);
  return `${[scenario, ...alignColumns([head, ...rows], right)].join('\n')}\n`;
}
