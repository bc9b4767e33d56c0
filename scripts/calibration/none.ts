// How often `none` is said of a class that is hit, and how soon of one that is not.
import { seededRandom } from '../../src/model/random.ts';
import { judge } from '../../src/verdict/judge.ts';
import { poissonTimes } from './chance.ts';
import { limits } from './false-alarms.ts';
import { looksAt } from './history.ts';
import type { Proportion } from './proportion.ts';
import { historyOf, period } from './triggers.ts';
import type { SimulatedTrigger } from './triggers.ts';

export interface NoneCheck {
  /** True rates, as multiples of the maximum below which a class counts as not hit. */
  readonly rates: readonly [coLocated: number, remote: number];
  readonly saidNone: Proportion;
  /** For each history that was called clean, sorted: in hours, which are mean gaps at the maximum rate. */
  readonly hours: readonly number[];
}

/** Follows runs of `hours` hours each, at a maximum of one episode an hour, until `none` is said. */
export function checkNone(
  rates: readonly [number, number],
  hours: number,
  histories: number,
  seed: number,
): NoneCheck {
  const random = seededRandom(seed);
  const until = hours * 3_600;
  const saidAt: number[] = [];
  for (let run = 0; run < histories; run += 1) {
    const draw = (side: 0 | 1): SimulatedTrigger[] =>
      rates[side] === 0
        ? []
        : poissonTimes(random, until, rates[side] / 3_600).map((at) => ({
            at,
            hits: side === 0 ? [4, 0] : [0, 4],
          }));
    const triggers = [...draw(0), ...draw(1)].sort((a, b) => a.at - b.at);
    const history = historyOf(random, triggers, { connections: [4, 4], from: [0, 0], until });
    for (const { at, counts } of looksAt(history, period)) {
      if (judge(counts, limits).outcome !== 'none') continue;
      saidAt.push(at / 3_600);
      break;
    }
  }
  return { rates, saidNone: { hits: saidAt.length, of: histories }, hours: saidAt.sort((a, b) => a - b) };
}
