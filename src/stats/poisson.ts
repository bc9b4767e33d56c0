// The exact interval for a Poisson rate, for a time of observation that was fixed beforehand.
import type { Rate } from '../model/run-record.ts';
import { gammaQuantile } from './gamma.ts';

/**
 * Garwood's exact two-sided interval (F. Garwood, Biometrika 28, 1936) for a rate: `count` events in `exposure`, the result
 * in events per unit of exposure. `level` is the coverage, 0.95 for 95%. With count 0 the upper limit is
 * −ln((1−level)/2)/exposure; without exposure nothing bounds the rate.
 */
export function poissonInterval(count: number, exposure: number, level: number): Rate {
  if (!(exposure > 0)) return { estimate: null, low: 0, high: null };
  const tail = (1 - level) / 2;
  return {
    estimate: count / exposure,
    low: count === 0 ? 0 : gammaQuantile(count, tail) / exposure,
    high: (count === 0 ? -Math.log(tail) : gammaQuantile(count + 1, 1 - tail)) / exposure,
  };
}
