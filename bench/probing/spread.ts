// What several rounds say together: median and quartiles, ratios within a round, and whether they lie close enough to be published.

export interface Spread {
  /** First quartile, median, third quartile. */
  readonly low: number;
  readonly middle: number;
  readonly high: number;
}

export interface Figure {
  readonly name: string;
  /** Behind each value, with its blank: ` ns`; empty for a ratio or a count. */
  readonly unit: string;
  /** One for each round, in their order. */
  readonly values: readonly number[];
  /** Digits after the point. */
  readonly digits: number;
  readonly limit?: { readonly most: number } | { readonly least: number };
}

/** A quarter of the values lie below it, when `share` is 0.25; between two values it is interpolated. NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The least value that so great a share of all does not exceed: one that was seen, as is usual for a tail. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export function spreadOf(values: readonly number[]): Spread {
  return { low: quantile(values, 0.25), middle: median(values), high: quantile(values, 0.75) };
}

/** How far the quartiles are apart, as a share of the median; 0 where all values are the same. */
export function apart({ low, middle, high }: Spread): number {
  return high === low ? 0 : (high - low) / Math.abs(middle);
}

/** What round by round one cost of the other: machines have slow hours, which both of a round share. */
export function pairedRatios(mine: readonly number[], theirs: readonly number[]): number[] {
  if (mine.length !== theirs.length) throw new Error('a ratio needs both of every round');
  return mine.map((value, round) => value / (theirs[round] ?? Number.NaN));
}

/** So that none of them always comes after the same other one. @param random As Math.random. */
export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const rest = [...items];
  const out: T[] = [];
  while (rest.length > 0) out.push(...rest.splice(Math.floor(random() * rest.length), 1));
  return out;
}

/** Quartiles further apart than this share of their median say that the machine was not the same machine throughout. */
export const mostApart = 0.15;

/** The figure that is furthest from being publishable; undefined when all are. A figure that is no number is never. */
export function refused(figures: readonly Figure[], most = mostApart): Figure | undefined {
  const share = (figure: Figure) => {
    const value = apart(spreadOf(figure.values));
    return Number.isNaN(value) ? Number.POSITIVE_INFINITY : value;
  };
  return figures.filter((figure) => share(figure) > most).toSorted((a, b) => share(b) - share(a))[0];
}

/** Null without a limit. */
export function isMet({ values, limit }: Figure): boolean | null {
  if (limit === undefined) return null;
  const { middle } = spreadOf(values);
  return 'most' in limit ? middle <= limit.most : middle >= limit.least;
}
