// Which runs the benchmark makes: every variant as the weights were set on it, as an ordinary user, elsewhere, and with each fix.
import { findScenario } from '../../src/lab/scenarios/index.ts';
import type { Choice, Scenario } from '../../src/model/scenario.ts';

export const conditions = ['root', 'rootless', 'held out', 'fixed'] as const;
export type Conditions = (typeof conditions)[number];

export interface TrialSpec {
  readonly conditions: Conditions;
  readonly scenario: string;
  readonly variant: string;
  readonly fix: string | null;
  readonly seed: number;
  readonly durationMs: number;
  /** Further words for `lab run`. */
  readonly words: readonly string[];
}

/** One seed after the other, so that a benchmark which is cut short has the same number of each variant. */
export function trialSpecs(
  scenarios: readonly Scenario[],
  under: Conditions,
  firstSeed: number,
  seeds: number,
): TrialSpec[] {
  return Array.from({ length: seeds }, (_, index) => firstSeed + index).flatMap((seed) =>
    scenarios.flatMap((scenario) =>
      scenario.variants.flatMap(({ name: variant }) =>
        fixesUnder(scenario, under).map((fix): TrialSpec => {
          const words = under === 'held out' ? otherConditions(scenario, variant) : [];
          const durationMs = durationOf(scenario, under);
          return { conditions: under, scenario: scenario.name, variant, fix, seed, durationMs, words };
        }),
      ),
    ),
  );
}

/** The same for two runs that are made alike. */
export function trialKey({ conditions: under, scenario, variant, fix, seed }: TrialSpec): string {
  return JSON.stringify([under, scenario, variant, fix, seed]);
}

/** What a diagnosis of the run ought to find; null for nothing. */
export function expectedCause({ scenario, variant, fix, words }: TrialSpec): string | null {
  const found = findScenario(scenario);
  const choice = fullChoice(found, variant);
  return found.expectedCause({ ...(words.includes('--without') ? withoutVisibility(choice) : choice), fix });
}

const fixesUnder = (scenario: Scenario, under: Conditions): (string | null)[] =>
  under === 'fixed' ? scenario.fixes.map(({ name }) => name) : [null];

/** A verdict of `none` takes the scenario's whole length; half of it, six seconds at least, shows its fault several times. */
function durationOf({ defaults }: Scenario, under: Conditions): number {
  return under === 'fixed' ? defaults.durationMs : Math.max(6_000, defaults.durationMs / 2);
}

/** Other numbers of connections and other periods; and, where the fault does not need it, a node without intranode visibility. */
function otherConditions(scenario: Scenario, variant: string): string[] {
  const choice = fullChoice(scenario, variant);
  const period = Math.round(scenario.setup(choice).clientPeriodMs * 1.4);
  const words = ['--connections', '9', '--period', `${period}ms`];
  const remains = scenario.expectedCause(withoutVisibility(choice)) === scenario.expectedCause(choice);
  return remains && visibility in choice.factors ? [...words, '--without', visibility] : words;
}

const visibility = 'intranode-visibility';

function fullChoice({ factors }: Scenario, variant: string): Choice {
  return { factors: Object.fromEntries(factors.map(({ name }) => [name, true])), variant, fix: null };
}

const withoutVisibility = (choice: Choice): Choice => ({
  ...choice,
  factors: { ...choice.factors, [visibility]: false },
});
