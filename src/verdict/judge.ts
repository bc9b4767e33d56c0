// The decision itself, from a dozen numbers: which classes are hit, and how sure that is.
import type { Outcome } from '../model/run-record.ts';
import { logEAgainst, type NullShare } from '../stats/e-process.ts';
import { logAdd, logEvidenceAbove, logEvidenceBelow } from '../stats/rate-evidence.ts';

/** One class's share of the evidence. The numbers may be fractions, so that a run can be thought on. */
export interface ClassCounts {
  /** Triggers that hit this class alone, while both classes were watched. */
  readonly own: number;
  /** All its episodes, and the hours in which at least one of its connections was open. */
  readonly episodes: number;
  readonly hours: number;
}

export interface Counts {
  readonly coLocated: ClassCounts;
  readonly remote: ClassCounts;
  /** Triggers that hit both. */
  readonly common: number;
  /** The co-located class's share of the non-common triggers when there is no difference. */
  readonly nullShare: NullShare;
}

export interface Limits {
  /** The probability of a wrong decision that is accepted, at whatever moment it is taken. */
  readonly alpha: number;
  /** Episodes per hour below which a class counts as not hit. */
  readonly maxRatePerHour: number;
}

export interface Judgement {
  readonly outcome: Outcome;
  /** ln of the e-value against "both are hit alike"; `differs` when it is at least ln(1/alpha). */
  readonly logE: number;
  readonly differs: boolean;
  /** ln of the weakest e-value that the outcome needs; −∞ when inconclusive. */
  readonly logEOfOutcome: number;
}

// "Far below" is less than a tenth: a share of at most 1/11 of the triggers that hit either class.
const farBelow: NullShare = { low: 0, high: 1 / 11 };

/**
 * Decides. In this order:
 * 1. The classes differ: the less hit one is either affected as well (`both`) or not (`…-only`).
 * 2. Both rates are proved to be below the maximum: `none`.
 * 3. Both are affected: `both`.
 * 4. One rate is proved to be above the maximum, the other below: `…-only`.
 * 5. Otherwise `inconclusive`.
 * Affected is a class whose rate is above the maximum, or that shares in more than a tenth of all triggers; the evidence for
 * it is the mean of the two e-values, which is one again.
 */
export function judge(counts: Counts, limits: Limits): Judgement {
  const { coLocated, remote, nullShare } = counts;
  const needed = -Math.log(limits.alpha);
  const total = coLocated.own + remote.own;
  const logE = logEAgainst(coLocated.own, total, nullShare);
  const differs = logE >= needed;
  const result = (outcome: Outcome, ...logEs: number[]): Judgement => ({
    outcome,
    logE,
    differs,
    logEOfOutcome: Math.min(...logEs),
  });

  const a = evidenceOn(coLocated, counts, limits);
  const b = evidenceOn(remote, counts, limits);
  if (differs) {
    const moreCoLocated = coLocated.own / total > nullShare.high;
    const lesser = moreCoLocated ? b : a;
    if (lesser.affected >= needed) return result('both', lesser.affected);
    return result(moreCoLocated ? 'co-located-only' : 'remote-only', logE);
  }
  if (a.below >= needed && b.below >= needed) return result('none', a.below, b.below);
  if (a.affected >= needed && b.affected >= needed) return result('both', a.affected, b.affected);
  if (a.above >= needed && b.below >= needed) return result('co-located-only', a.above, b.below);
  if (b.above >= needed && a.below >= needed) return result('remote-only', b.above, a.below);
  return result('inconclusive', Number.NEGATIVE_INFINITY);
}

interface Evidence {
  readonly below: number;
  readonly above: number;
  readonly affected: number;
}

/** ln of the e-values for: the class's rate is below the maximum, is above it, the class is affected. */
function evidenceOn(one: ClassCounts, counts: Counts, limits: Limits): Evidence {
  const expected = one.hours * limits.maxRatePerHour;
  const above = logEvidenceAbove(one.episodes, expected);
  const triggers = counts.coLocated.own + counts.remote.own + counts.common;
  const sharing = logEAgainst(one.own + counts.common, triggers, farBelow);
  return {
    below: logEvidenceBelow(one.episodes, expected),
    above,
    affected: logAdd(above, sharing) - Math.LN2,
  };
}
