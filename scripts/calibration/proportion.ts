// How often something happened in a number of histories, with the error of having simulated so few.

export interface Proportion {
  readonly hits: number;
  readonly of: number;
}

export const share = ({ hits, of }: Proportion): number => hits / of;

/** Standard error of the share. */
export function standardError({ hits, of }: Proportion): number {
  const p = hits / of;
  return Math.sqrt((p * (1 - p)) / of);
}

/** `3.8 ± 0.4` in percent; for what never happened, `0 (< 0.15)`: the rate excluded at 95%, three in so many. */
export function percent(proportion: Proportion): string {
  if (proportion.hits === 0) return `0 (< ${Number((300 / proportion.of).toPrecision(2))})`;
  if (proportion.hits === proportion.of) return '100';
  return `${(100 * share(proportion)).toFixed(1)} ± ${(100 * standardError(proportion)).toFixed(1)}`;
}

/** The q-quantile (nearest rank); undefined where that many were never reached. `of` counts those that were not, too. */
export function quantile(values: readonly number[], q: number, of = values.length): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.max(1, Math.ceil(q * of)) - 1];
}
