// The classes of a run as lines of text: a table where the terminal is wide enough for it, or else a few lines for each.
import type { ClassSummary } from '../model/run-record.ts';
import { classHeads, classRows } from './class-rows.ts';
import { alignColumns } from './table.ts';
import { proseColumns, type TextStyle } from './text-style.ts';
import { visible } from './visible.ts';
import { widthOf, wrap } from './wrap.ts';

export function classLines(classes: readonly ClassSummary[], style: TextStyle): string[] {
  const heads = classHeads(classes);
  const rows = classRows(classes);
  if (rows.length === 0) return [];
  // What nobody lived through needs no column.
  const shown = rows.every((row) => row.at(-1) === '-') ? heads.length - 1 : heads.length;
  const lines = alignColumns(
    [heads, ...rows].map((row) => row.slice(0, shown)),
    [2, 3, 4, 5],
  ).map(visible);
  if (lines.every((line) => widthOf(line) <= style.columns)) return lines;
  return rows.flatMap(([name = '', target = '', ...counts]) => {
    const told = counts.flatMap((count, index) => {
      const head = heads[index + 2] ?? '';
      if (count === '-') return [];
      return [head === 'other' ? count : `${count} ${head}`];
    });
    return wrap(visible(`${name} to ${target}: ${told.join(', ')}`), proseColumns(style), '', '  ');
  });
}
