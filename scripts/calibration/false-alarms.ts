// How often somebody who looks at every moment is told of a difference that is not there.
import { seededRandom } from '../../src/model/random.ts';
import { binomialCdf } from '../../src/stats/beta.ts';
import { logEValue } from '../../src/stats/e-process.ts';
import { judge } from '../../src/verdict/judge.ts';
import { comparedClass, looksAt, type Look, type Setting, type SimulatedHistory } from './history.ts';
import type { Proportion } from './proportion.ts';
import { period } from './triggers.ts';
import { findTriggers } from '../../src/verdict/episodes.ts';

export const limits = { alpha: 0.05, maxRatePerHour: 1 };

export interface FalseAlarms {
  readonly setting: Setting;
  /** Compared triggers per history, on average. */
  readonly triggers: number;
  /** Histories in which `differs` was ever true. */
  readonly differs: Proportion;
  /** Histories in which an `…-only` outcome was ever given, by whichever rule. */
  readonly only: Proportion;
  /** Histories in which an exact binomial test on single resets was ever below 5%. */
  readonly textbook: Proportion;
}

/** Follows `histories` histories of one setting; `window` in seconds. */
export function falseAlarms(setting: Setting, histories: number, seed: number, window = period): FalseAlarms {
  const random = seededRandom(seed);
  let [differs, only, textbook, triggers] = [0, 0, 0, 0];
  for (let run = 0; run < histories; run += 1) {
    const history = setting.draw(random);
    let [everDiffers, everOnly, everTextbook] = [false, false, false];
    let last: Look | undefined;
    for (const look of looksAt(history, window)) {
      last = look;
      const judgement = judge(look.counts, limits);
      everDiffers ||= judgement.differs;
      everOnly ||= judgement.outcome === 'co-located-only' || judgement.outcome === 'remote-only';
      everTextbook ||= textbookRejects(look, history);
    }
    differs += Number(everDiffers);
    only += Number(everOnly);
    textbook += Number(everTextbook);
    triggers += (last?.counts.coLocated.own ?? 0) + (last?.counts.remote.own ?? 0);
  }
  const of = (hits: number): Proportion => ({ hits, of: histories });
  return {
    setting,
    triggers: triggers / histories,
    differs: of(differs),
    only: of(only),
    textbook: of(textbook),
  };
}

/** The same with the given share as the null, and with every one-sided trigger compared whenever it came. */
export function falseAlarmsUnguarded(
  setting: Setting,
  histories: number,
  seed: number,
  nullShare: (history: SimulatedHistory) => number,
): Proportion {
  const random = seededRandom(seed);
  let alarms = 0;
  for (let run = 0; run < histories; run += 1) {
    const history = setting.draw(random);
    const [a, b] = [comparedClass(history.coLocated, period), comparedClass(history.remote, period)];
    const atShare = nullShare(history);
    let [hits, total] = [0, 0];
    let ever = false;
    for (const { resets } of findTriggers(a.bursts, b.bursts, period * 1e6)) {
      if (resets[0] > 0 && resets[1] > 0) continue;
      total += 1;
      if (resets[0] > 0) hits += 1;
      ever ||= logEValue(hits, total, atShare) >= -Math.log(limits.alpha);
    }
    alarms += Number(ever);
  }
  return { hits: alarms, of: histories };
}

/** Two-sided exact binomial test that each reset is of the class with the chance of its connection time. */
function textbookRejects({ counts, resets }: Look, { coLocated, remote }: SimulatedHistory): boolean {
  const [a, b] = [coLocated.connections * counts.coLocated.hours, remote.connections * counts.remote.hours];
  const total = resets[0] + resets[1];
  if (total === 0 || a + b === 0) return false;
  const chance = a / (a + b);
  const atMost = binomialCdf(resets[0], total, chance);
  const atLeast = 1 - binomialCdf(resets[0] - 1, total, chance);
  return Math.min(atMost, atLeast) < limits.alpha / 2;
}
