// Every scenario that the lab knows, by name: a scenario is its file and a line here.
import { Problem } from '../../model/problem.ts';
import type { Choice, Named, Scenario } from '../../model/scenario.ts';
import { scenarioOf } from './lab-scenario.ts';

// Loaded by import(), since a static import would need a second line for each.
const files = await Promise.all([
  import('./gke-intranode-policy.ts'),
  import('./conntrack-entry-deleted.ts'),
  import('./conntrack-invalid.ts'),
  import('./untranslated-answer.ts'),
  import('./translation-changed.ts'),
  import('./conntrack-expired.ts'),
  import('./conntrack-table-full.ts'),
  import('./port-clash.ts'),
  import('./policy-reject.ts'),
  import('./service-without-endpoints.ts'),
  import('./backlog-overflow.ts'),
  import('./endpoint-replaced.ts'),
  import('./duplicate-owner.ts'),
  import('./server-process-died.ts'),
  import('./server-killed-for-memory.ts'),
  import('./server-aborted.ts'),
  import('./keep-alive-race.ts'),
  import('./idle-timeout-between.ts'),
  import('./ipvs-entry-expired.ts'),
  import('./socket-destroyed.ts'),
  import('./client-aborted.ts'),
  import('./client-died.ts'),
  import('./forged-reset.ts'),
  import('./silent-drop.ts'),
  import('./one-way-drop.ts'),
  import('./peer-host-gone.ts'),
  import('./path-mtu-black-hole.ts'),
  import('./probe-stalled.ts'),
  import('./healthy.ts'),
]);

export const scenarios: readonly Scenario[] = files.map(({ scenario }) => scenarioOf(scenario));

/** Those that every kernel can run which can run the lab. */
export const scenariosEverywhere: readonly Scenario[] = scenarios.filter(
  ({ needsKernel }) => needsKernel === undefined,
);

export const defaultScenario = 'gke-intranode-policy';

/** Throws a usage Problem that lists the scenarios when there is none of that name. */
export function findScenario(name: string): Scenario {
  const found = scenarios.find((scenario) => scenario.name === name);
  if (found === undefined) throw new Problem('usage', unknown('scenario', name, scenarios));
  return found;
}

/** What the user typed of a choice: factors to switch off, a variant and a fix, if any. */
export interface Wishes {
  readonly without?: readonly string[];
  readonly variant?: string;
  readonly fix?: string;
}

/** Makes a choice of it; the variant is the first unless named. Throws a usage Problem that lists the allowed names. */
export function choose(scenario: Scenario, wishes: Wishes = {}): Choice {
  const { without = [], variant = scenario.variants[0].name, fix } = wishes;
  for (const name of without) check('factor', name, scenario.factors);
  check('variant', variant, scenario.variants);
  if (fix !== undefined) check('fix', fix, scenario.fixes);
  const factors = Object.fromEntries(
    scenario.factors.map((factor) => [factor.name, !without.includes(factor.name)]),
  );
  return { factors, variant, fix: fix ?? null };
}

function check(what: string, name: string, allowed: readonly Named[]): void {
  if (!allowed.some((one) => one.name === name)) throw new Problem('usage', unknown(what, name, allowed));
}

function unknown(what: string, name: string, allowed: readonly Named[]): string {
  const names = allowed.map((item) => item.name).join(', ');
  return `there is no ${what} "${name}"; choose one of: ${names === '' ? '(none)' : names}.`;
}
