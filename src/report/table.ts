// Rows of text in columns that line up.
import { padTo, widthOf } from './wrap.ts';

/** Pads each column to its widest cell; columns listed in `right` are right-aligned. One string per row. */
export function alignColumns(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, widthOf(cell));
  }
  return rows.map((row) =>
    row
      .map((cell, index) => padTo(cell, widths[index] ?? 0, right.includes(index) ? 'right' : 'left'))
      .join('  ')
      .trimEnd(),
  );
}
