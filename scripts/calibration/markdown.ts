// Tables and figures as Markdown.
import type { Outcome } from '../../src/model/run-record.ts';

/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
}

/** Two digits, or a dash for what never came. */
export function number(value: number | undefined): string {
  if (value === undefined) return '–';
  return value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(2)));
}

/** `both` 87.4, … in percent, the most frequent first. */
export function outcomes(counts: Readonly<Partial<Record<Outcome, number>>>, of: number): string {
  const shares = Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([outcome, count]) => `\`${outcome}\` ${((100 * count) / of).toFixed(1)}`);
  return shares.length > 0 ? shares.join(', ') : '–';
}
