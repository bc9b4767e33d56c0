// A scenario as its file writes it: tied to its cause, so that the compiler knows which fixes it must have.
import type { CauseId, LabFix } from '../../causes/index.ts';
import type { Choice, Scenario } from '../../model/scenario.ts';

/** @typeParam Id The cause that it is about, `never` where nothing is wrong. */
export interface LabScenario<Id extends CauseId> extends Omit<Scenario, 'fixes'> {
  /** What each fix is here: all that the cause's page says the lab shows, and no others, in the order of `lab list`. */
  readonly fixes: Readonly<Record<LabFix<Id>, string>>;
  expectedCause(choice: Choice): CauseId | null;
}

/** The same for everybody else. */
export function scenarioOf(
  written: Omit<Scenario, 'fixes'> & { readonly fixes: Readonly<Record<string, string>> },
): Scenario {
  const fixes = Object.entries(written.fixes).map(([name, about]) => ({ name, about }));
  return { ...written, fixes };
}
