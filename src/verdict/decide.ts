// From the histories of two classes to the verdict of a run.
import { Problem } from '../model/problem.ts';
import type { Verdict, VerdictBasis } from '../model/run-record.ts';
import type { ClassHistory } from './class-tally.ts';
import { compareHistories, type Comparison } from './comparison.ts';
import { rateRatio } from '../stats/e-process.ts';
import { judge, type Judgement, type Limits } from './judge.ts';
import { compareLatency } from './latency.ts';
import { secondsToDecide } from './outlook.ts';
import { rateBounds } from '../stats/rate-evidence.ts';
import { decidedSentence, neverAnswered, unansweredSentence, unreachedSentence } from './sentence.ts';

export interface DecideInput {
  /** The two classes to compare; undefined for one of which nothing was heard. */
  readonly coLocated: ClassHistory | undefined;
  readonly remote: ClassHistory | undefined;
  /** The window that the tally was made with. */
  readonly episodeWindowMs: number;
  /** Episodes per hour below which a class counts as not hit. Default 1; times the speed in a lab that runs faster than life. */
  readonly maxRatePerHour?: number;
  /** The accepted probability of a wrong decision. Default 0.05. */
  readonly alpha?: number;
}

/**
 * Decides, as often as wanted, which of two classes is hit by resets. The probability that it ever decides for a difference
 * that is not there, for `none` though a rate is above the maximum, or for `both` though one class is spared, is at most
 * `alpha` each, however the run is watched and stopped. The method and its limits: docs/calibration.md.
 */
export function decide(input: DecideInput): Verdict {
  const limits = limitsOf(input);
  const { coLocated, remote } = input;
  if (!wasAnswered(coLocated) || !wasAnswered(remote)) {
    const silent = { coLocated: !wasAnswered(coLocated), remote: !wasAnswered(remote) };
    const sentence = unansweredSentence(silent, coLocated?.summary, remote?.summary);
    return { outcome: 'inconclusive', confidence: 0, sentence };
  }
  const tryWindow = (factor: number): { comparison: Comparison; judgement: Judgement } => {
    const comparison = compareHistories(coLocated, remote, input.episodeWindowMs * factor);
    return { comparison, judgement: judge(comparison.counts, limits) };
  };
  const { comparison, judgement } = tryWindow(1);
  const basis: VerdictBasis = {
    ...describeEvidence(comparison, judgement, limits),
    latency: compareLatency(coLocated.latency, remote.latency),
    sensitivity: [0.5, 1, 2].map((factor) => ({
      episodeWindowMs: input.episodeWindowMs * factor,
      outcome: factor === 1 ? judgement.outcome : tryWindow(factor).judgement.outcome,
    })),
  };
  const unreached = neverAnswered(coLocated.summary) + neverAnswered(remote.summary);
  if (judgement.outcome === 'none' && unreached > 0) {
    // What could not be reached was not watched, and may be what is broken.
    const sentence = unreachedSentence(coLocated.summary, remote.summary);
    return { outcome: 'inconclusive', confidence: 0, sentence, basis };
  }
  return {
    outcome: judgement.outcome,
    confidence: judgement.outcome === 'inconclusive' ? 0 : 1 - Math.exp(-judgement.logEOfOutcome),
    sentence: decidedSentence(judgement, basis, coLocated.summary, remote.summary),
    basis,
  };
}

function describeEvidence(
  comparison: Comparison,
  judgement: Judgement,
  limits: Limits,
): Omit<VerdictBasis, 'sensitivity'> {
  const { counts, triggers, sharedSeconds } = comparison;
  const { coLocated, remote, nullShare } = counts;
  const { alpha, maxRatePerHour } = limits;
  return {
    alpha,
    eValue: Math.min(1e300, Math.exp(judgement.logE)),
    rateRatio: rateRatio(coLocated.own, coLocated.own + remote.own, nullShare, alpha),
    sharedSeconds,
    triggers,
    nullShare,
    episodesPerHour: {
      coLocated: rateBounds(coLocated.episodes, coLocated.hours, alpha),
      remote: rateBounds(remote.episodes, remote.hours, alpha),
    },
    maxRatePerHour,
    needSeconds: judgement.outcome === 'inconclusive' ? secondsToDecide(counts, limits, sharedSeconds) : null,
  };
}

function limitsOf(input: DecideInput): Limits {
  const { alpha = 0.05, maxRatePerHour = 1 } = input;
  if (!(alpha > 0 && alpha < 1))
    throw new Problem('usage', `alpha must lie between 0 and 1; ${alpha} does not.`);
  if (!(maxRatePerHour > 0)) {
    throw new Problem(
      'usage',
      `The highest rate that counts as none must be above 0; ${maxRatePerHour} is not.`,
    );
  }
  return { alpha, maxRatePerHour };
}

function wasAnswered(history: ClassHistory | undefined): history is ClassHistory {
  return history !== undefined && history.latency.count > 0;
}
