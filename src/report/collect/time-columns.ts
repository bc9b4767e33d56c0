// A row of columns over time that never gets longer: when time goes on beyond its end, neighbours merge in pairs.
import type { Micros } from '../../model/clock.ts';

export interface ColumnKind<T> {
  make(): T;
  /** Adds what `from` holds to `into`. */
  merge(into: T, from: T): void;
}

export interface TimeColumns<T> {
  /** The column of that moment, to be changed in place; undefined before the origin. */
  at(moment: Micros): T | undefined;
  /** Width of a column, µs. */
  readonly width: Micros;
  /** All columns up to `end`, as wide as `width`, which is the row's own times a power of two; untouched ones are undefined. */
  until(end: Micros, width: Micros): (T | undefined)[];
}

/** At most `limit` columns (even), the first beginning at `origin`; `width` is the narrowest a column may be. */
export function createTimeColumns<T>(
  kind: ColumnKind<T>,
  { origin, width, limit }: { readonly origin: Micros; readonly width: Micros; readonly limit: number },
): TimeColumns<T> {
  let columns: (T | undefined)[] = [];
  let own = width;

  function fold(narrow: readonly (T | undefined)[]): (T | undefined)[] {
    const wide: (T | undefined)[] = [];
    for (const [index, column] of narrow.entries()) {
      if (column === undefined) continue;
      const half = index >>> 1;
      const target = (wide[half] ??= kind.make());
      kind.merge(target, column);
    }
    return wide;
  }

  return {
    at(moment) {
      if (!(moment >= origin)) return undefined;
      let index = Math.floor((moment - origin) / own);
      while (index >= limit) {
        columns = fold(columns);
        own *= 2;
        index = Math.floor((moment - origin) / own);
      }
      return (columns[index] ??= kind.make());
    },
    get width() {
      return own;
    },
    until(end, wanted) {
      let [row, wide] = [columns, own];
      while (wide < wanted) {
        row = fold(row);
        wide *= 2;
      }
      const count = Math.max(1, Math.ceil((end - origin) / wide));
      return Array.from({ length: Math.min(count, limit) }, (_, index) => row[index]);
    },
  };
}
