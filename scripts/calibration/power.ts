// How soon a difference that is there is seen, and what the verdict calls it.
import type { Outcome } from '../../src/model/run-record.ts';
import { seededRandom } from '../../src/model/random.ts';
import { judge } from '../../src/verdict/judge.ts';
import { alternative } from './alternatives.ts';
import { limits } from './false-alarms.ts';
import { looksAt, type Look } from './history.ts';
import type { Proportion } from './proportion.ts';
import { period } from './triggers.ts';

export interface Power {
  readonly ratio: number;
  readonly decided: Proportion;
  /** For each decided history, sorted: triggers and minutes until the difference was decided. */
  readonly triggers: readonly number[];
  readonly minutes: readonly number[];
  /** How often each outcome was given at that moment, and at the end. */
  readonly atDecision: Readonly<Partial<Record<Outcome, number>>>;
  readonly atEnd: Readonly<Partial<Record<Outcome, number>>>;
}

/** Follows `histories` histories of `episodes` triggers each; `window` in seconds. */
export function power(
  ratio: number,
  episodes: number,
  histories: number,
  seed: number,
  window = period,
): Power {
  const setting = alternative(ratio, episodes);
  const random = seededRandom(seed);
  const [triggers, minutes]: [number[], number[]] = [[], []];
  const atDecision: Partial<Record<Outcome, number>> = {};
  const atEnd: Partial<Record<Outcome, number>> = {};
  for (let run = 0; run < histories; run += 1) {
    let decided = false;
    let last: Look | undefined;
    for (const look of looksAt(setting.draw(random), window)) {
      last = look;
      if (decided) continue;
      const { differs, outcome } = judge(look.counts, limits);
      if (!differs) continue;
      decided = true;
      triggers.push(look.counts.coLocated.own + look.counts.remote.own);
      minutes.push(look.at / 60);
      atDecision[outcome] = (atDecision[outcome] ?? 0) + 1;
    }
    const outcome = last === undefined ? 'inconclusive' : judge(last.counts, limits).outcome;
    atEnd[outcome] = (atEnd[outcome] ?? 0) + 1;
  }
  const ascending = (a: number, b: number): number => a - b;
  return {
    ratio,
    decided: { hits: triggers.length, of: histories },
    triggers: triggers.sort(ascending),
    minutes: minutes.sort(ascending),
    atDecision,
    atEnd,
  };
}
