// The columns of the benchmark: one view of the runs under one condition.
import { judgeRun, type Answer, type Truth, type Verdict } from './judgement.ts';
import { wasMade, type Trial } from './ledger.ts';
import { conditions, truthOf, type Condition } from './specs.ts';
import { hasForm, viewsUnder, type View } from './views.ts';

export interface Column {
  readonly name: string;
  readonly condition: Condition;
  readonly view: View;
}

/** A run as one column sees it. */
export interface Judged {
  readonly trial: Trial;
  readonly truth: Truth;
  readonly answers: readonly Answer[];
  readonly verdict: Verdict;
}

export const columns: readonly Column[] = conditions.flatMap((condition) =>
  viewsUnder[condition].map((view): Column => {
    const isNamed = condition !== 'plain' && condition !== 'watched';
    return { name: isNamed ? `${condition}, ${view}` : view, condition, view };
  }),
);

/** The runs that count in the column: those that were made, of causes that the view can show. */
export function judgedIn({ condition, view }: Column, trials: readonly Trial[]): Judged[] {
  return trials.flatMap((trial) => {
    const answers = trial.answers[view];
    if (trial.condition !== condition || !wasMade(trial) || answers === undefined) return [];
    const truth = truthOf(trial);
    if (!hasForm(view, truth.cause)) return [];
    return [{ trial, truth, answers, verdict: judgeRun(answers, truth) }];
  });
}

/** Runs in which something was to be found. */
export const ofFaults = (judged: readonly Judged[]) => judged.filter(({ truth }) => truth.cause !== null);
/** Runs in which nothing was wrong. */
export const ofHealth = (judged: readonly Judged[]) => judged.filter(({ truth }) => truth.cause === null);
