// Whether a fix works is shown by running with it, never claimed.
import type { Outcome, RunRecord } from '../model/run-record.ts';

export interface FixProof {
  readonly fix: string;
  readonly by: 'run' | 'matrix';
  readonly works: boolean;
  readonly outcome: Outcome;
}

/** What this run and others of the same scenario show about fixes; this run's own word comes first. */
export function proveFixes(run: RunRecord, others: readonly RunRecord[]): FixProof[] {
  const proofs = others
    .filter((other) => other.scenario === run.scenario)
    .flatMap((other) => proofBy(other, 'matrix'));
  return [...proofBy(run, 'run'), ...proofs];
}

function proofBy({ fix, verdict, complete }: RunRecord, by: FixProof['by']): FixProof[] {
  if (fix === null || !complete) return [];
  return [{ fix, by, works: verdict.outcome === 'none', outcome: verdict.outcome }];
}
