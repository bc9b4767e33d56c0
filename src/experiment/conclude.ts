// What a run came to, against what was expected of it; how that becomes an exit status is the command line's to say.
import type { Outcome, RunRecord } from '../model/run-record.ts';

export type Expectation = Outcome | 'any';

export type Conclusion = 'finished' | 'unexpected' | 'inconclusive' | 'interrupted';

/** @param interrupted Whether the user asked for the end: a run that was broken off is held to nothing. */
export function conclude(
  { complete, verdict }: Pick<RunRecord, 'complete' | 'verdict'>,
  expected: Expectation,
  interrupted: boolean,
): Conclusion {
  if (interrupted && !complete) return 'interrupted';
  if (expected === 'any' || verdict.outcome === expected) return 'finished';
  return verdict.outcome === 'inconclusive' ? 'inconclusive' : 'unexpected';
}

/** Of a run without probes: whether the diagnosis found the cause that was to be found, or nothing where nothing is wrong. */
export function concludeFindings(
  { complete, findings }: Pick<RunRecord, 'complete' | 'findings'>,
  expectedCause: string | null,
  interrupted: boolean,
): Conclusion {
  if (interrupted && !complete) return 'interrupted';
  const found = findings.map(({ cause }) => cause);
  if (expectedCause === null ? found.length === 0 : found.includes(expectedCause)) return 'finished';
  return found.length > 0 && found.every((cause) => cause === 'unknown') ? 'inconclusive' : 'unexpected';
}

/** Of several runs: the worst, and a wrong outcome is worse than none. */
export function concludeAll(all: readonly Conclusion[]): Conclusion {
  return (['unexpected', 'inconclusive'] as const).find((one) => all.includes(one)) ?? 'finished';
}

/** What a record says of it. `cause`: undefined where the outcome counts. Nothing is said where anything is right, or the user asked for the end. */
export function expectationOf(
  run: Pick<RunRecord, 'complete' | 'verdict' | 'findings'>,
  { outcome, cause }: { readonly outcome: Expectation; readonly cause?: string | null | undefined },
  interrupted: boolean,
): Pick<RunRecord, 'expected'> {
  if (outcome === 'any' || (interrupted && !run.complete)) return {};
  if (cause === undefined) {
    const met = conclude(run, outcome, interrupted) === 'finished';
    return { expected: { of: 'outcome', value: outcome, met } };
  }
  const met = concludeFindings(run, cause, interrupted) === 'finished';
  return { expected: { of: 'cause', value: cause, met } };
}
