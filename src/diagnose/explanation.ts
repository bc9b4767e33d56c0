// What a cause's examiner says about one reset: named observations, each with the weight it carries.
import type { CauseId } from '../model/cause.ts';
import type { EvidenceItem } from '../model/run-record.ts';

/** One thing that was seen, or looked for and not seen; `logOdds` is how much it speaks for the cause (negative: against). */
export interface Observation {
  readonly name: string;
  readonly logOdds: number;
  readonly evidence: readonly EvidenceItem[];
}

export interface Explanation {
  readonly cause: CauseId;
  readonly observations: readonly Observation[];
}

/** Log odds of a cause before anything was seen: one of a dozen. */
const priorLogOdds = Math.log(1 / 12);

/** The logistic of the prior and the sum of the weights. */
export function confidenceOf(explanation: Explanation): number {
  const score = explanation.observations.reduce((sum, { logOdds }) => sum + logOdds, priorLogOdds);
  return 1 / (1 + Math.exp(-score));
}
