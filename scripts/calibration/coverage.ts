// How often the intervals miss the truth: at a random moment, at the moment of the decision, and at any moment at all.
import { seededRandom } from '../../src/model/random.ts';
import { binomialCdf } from '../../src/stats/beta.ts';
import { logEValue, rateRatio } from '../../src/stats/e-process.ts';
import { gammaCdf } from '../../src/stats/gamma.ts';
import {
  logEvidenceAbove,
  logEvidenceBelow,
  lowerRateBound,
  upperRateBound,
} from '../../src/stats/rate-evidence.ts';
import { shareAt } from './alternatives.ts';
import { exponential } from './chance.ts';
import { limits } from './false-alarms.ts';
import type { Proportion } from './proportion.ts';

export interface Misses {
  readonly atRandom: Proportion;
  readonly atDecision: Proportion;
  readonly ever: Proportion;
  /** What an interval for a number of events that was fixed beforehand does when it is looked at all the time. */
  readonly textbookEver: Proportion;
}

const half = { low: 0.5, high: 0.5 };
const { alpha } = limits;
const needed = -Math.log(alpha);

/** The interval of the rate ratio, over histories of `episodes` triggers. The decision is that the classes differ, or the end. */
export function ratioMisses(ratio: number, episodes: number, histories: number, seed: number): Misses {
  const random = seededRandom(seed);
  const truth = shareAt(ratio);
  const misses = (hits: number, total: number): boolean => {
    const { low, high } = rateRatio(hits, total, half, alpha);
    return ratio < low || (high !== null && ratio > high);
  };
  let [atRandom, atDecision, ever, textbookEver] = [0, 0, 0, 0];
  for (let run = 0; run < histories; run += 1) {
    const moment = 1 + Math.floor(random.next() * episodes);
    let [hits, decided, missed, textbookMissed] = [0, false, false, false];
    for (let total = 1; total <= episodes; total += 1) {
      if (random.next() < truth) hits += 1;
      missed ||= logEValue(hits, total, truth) >= needed;
      textbookMissed ||=
        Math.min(binomialCdf(hits, total, truth), 1 - binomialCdf(hits - 1, total, truth)) < alpha / 2;
      if (total === moment && misses(hits, total)) atRandom += 1;
      if (!decided && (logEValue(hits, total, 0.5) >= needed || total === episodes)) {
        decided = true;
        if (misses(hits, total)) atDecision += 1;
      }
    }
    ever += Number(missed);
    textbookEver += Number(textbookMissed);
  }
  const of = (count: number): Proportion => ({ hits: count, of: histories });
  return {
    atRandom: of(atRandom),
    atDecision: of(atDecision),
    ever: of(ever),
    textbookEver: of(textbookEver),
  };
}

export interface RateMisses {
  readonly above: Proportion;
  readonly below: Proportion;
  readonly atRandom: Proportion;
  readonly textbookEver: Proportion;
}

/**
 * The bounds of one class's rate, over Poisson histories that are `episodes` long on average: how often the upper bound was ever
 * below the truth, the lower one ever above, either of them at a random moment.
 */
export function rateMisses(episodes: number, histories: number, seed: number): RateMisses {
  const random = seededRandom(seed);
  let [above, below, atRandom, textbookEver] = [0, 0, 0, 0];
  for (let run = 0; run < histories; run += 1) {
    const moment = random.next() * episodes;
    let [count, at, everAbove, everBelow, everTextbook] = [0, 0, false, false, false];
    let seenAtMoment = 0;
    while (at < episodes) {
      at = Math.min(episodes, at + exponential(random));
      if (at < moment) seenAtMoment = count + 1;
      // The upper bound is lowest just before an episode, the lower one highest just after it. The true rate is 1.
      everBelow ||= logEvidenceBelow(count, at) >= needed;
      everTextbook ||= 1 - gammaCdf(count + 1, at) < alpha / 2;
      if (at === episodes) break;
      count += 1;
      everAbove ||= logEvidenceAbove(count, at) >= needed;
      everTextbook ||= gammaCdf(count, at) < alpha / 2;
    }
    const bounds = [lowerRateBound(seenAtMoment, moment, alpha), upperRateBound(seenAtMoment, moment, alpha)];
    if ((bounds[0] ?? 0) > 1 || (bounds[1] ?? Number.POSITIVE_INFINITY) < 1) atRandom += 1;
    above += Number(everAbove);
    below += Number(everBelow);
    textbookEver += Number(everTextbook);
  }
  const of = (count: number): Proportion => ({ hits: count, of: histories });
  return { above: of(above), below: of(below), atRandom: of(atRandom), textbookEver: of(textbookEver) };
}
