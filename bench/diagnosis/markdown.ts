// Small parts of a page.
import { shareInterval } from './interval.ts';

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [
    `| ${head.join(' | ')} |`,
    `|${head.map(() => '---').join('|')}|`,
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ];
}

/** `97.5% (86.8% to 99.9%)`, or `-` where nothing was counted. */
export function share(part: number, whole: number): string {
  const interval = shareInterval(part, whole);
  if (interval === null) return '-';
  return `${percent(part / whole)} (${percent(interval.low)} to ${percent(interval.high)})`;
}

const percent = (fraction: number) => `${(100 * fraction).toFixed(1)}%`;

/** `1 run`, `2 runs`. */
export const runs = (count: number) => (count === 1 ? '1 run' : `${count} runs`);
