// Connections of which the same was seen and not seen have the same suspects and the same causes: a storm's thousands are judged once.
import { factNames, type Facts } from '../facts/index.ts';
import { suspectsOf, type Suspects } from '../who/suspects.ts';
import type { CauseModel } from './cause-model.ts';
import { judge, type Judgement } from './judge-causes.ts';

interface Judged {
  readonly suspects: Suspects;
  readonly judgement: Judgement;
}

/** What follows from the facts of one connection; nothing in it depends on more of them than whether each was seen. */
export function createJudge(models: readonly CauseModel[]): (facts: Facts) => Judged {
  const known = new Map<string, Judged>();
  return (facts) => {
    let key = '';
    for (const name of factNames) key += facts[name].seen[0] ?? '';
    const former = known.get(key);
    if (former !== undefined) return former;
    const suspects = suspectsOf(facts);
    const judged = { suspects, judgement: judge(facts, suspects, models) };
    known.set(key, judged);
    return judged;
  };
}
