// How often `none` is said of a class that is hit, and how soon of one that is hardly hit.
import { seededRandom } from '../../src/model/random.ts';
import { judge } from '../../src/verdict/judge.ts';
import { poissonTimes } from './chance.ts';
import { limits } from './false-alarms.ts';
import { looksAt } from './history.ts';
import type { Proportion } from './proportion.ts';
import { historyOf, period, type SimulatedTrigger } from './triggers.ts';

/** True rates of the two classes, as multiples of the maximum below which a class counts as not hit. */
export type Rates = readonly [coLocated: number, remote: number];

/**
 * In how many histories `none` is ever said within `length`, which is in mean gaps between episodes at the maximum rate; with
 * looks at every moment that matters.
 */
export function everNone(rates: Rates, length: number, histories: number, seed: number): Proportion {
  const random = seededRandom(seed);
  const until = (length * 3_600) / limits.maxRatePerHour;
  const timesOf = (rate: number): number[] =>
    rate === 0 ? [] : poissonTimes(random, until, (rate * limits.maxRatePerHour) / 3_600);
  let said = 0;
  for (let run = 0; run < histories; run += 1) {
    const triggers: SimulatedTrigger[] = [
      ...timesOf(rates[0]).map((at) => ({ at, hits: [4, 0] as const })),
      ...timesOf(rates[1]).map((at) => ({ at, hits: [0, 4] as const })),
    ];
    const history = historyOf(random, triggers, { connections: [4, 4], from: [0, 0], until });
    for (const { counts } of looksAt(history, period)) {
      if (judge(counts, limits).outcome !== 'none') continue;
      said += 1;
      break;
    }
  }
  return { hits: said, of: histories };
}
