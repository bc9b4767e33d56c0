// Every scenario that the lab knows, by name.
import { Problem } from '../../model/problem.ts';
import type { Choice, Scenario } from '../../model/scenario.ts';
import { gkeIntranodePolicy } from './gke-intranode-policy.ts';

export const scenarios: readonly Scenario[] = [gkeIntranodePolicy];

export const defaultScenario = gkeIntranodePolicy.name;

/** Throws a usage Problem that lists the scenarios when there is none of that name. */
export function findScenario(name: string): Scenario {
  const found = scenarios.find((scenario) => scenario.name === name);
  if (found === undefined) throw new Problem('usage', unknown('scenario', name, scenarios));
  return found;
}

/** Checks what the user switched off and which fix they chose. Throws a usage Problem that lists the allowed names. */
export function choose(scenario: Scenario, without: readonly string[], fix: string | null): Choice {
  for (const name of without) {
    if (!scenario.factors.some((factor) => factor.name === name)) {
      throw new Problem('usage', unknown('factor', name, scenario.factors));
    }
  }
  if (fix !== null && !scenario.fixes.some((candidate) => candidate.name === fix)) {
    throw new Problem('usage', unknown('fix', fix, scenario.fixes));
  }
  const factors = Object.fromEntries(
    scenario.factors.map((factor) => [factor.name, !without.includes(factor.name)]),
  );
  return { factors, fix };
}

function unknown(what: string, name: string, allowed: readonly { readonly name: string }[]): string {
  const names = allowed.map((item) => item.name).join(', ');
  return `there is no ${what} "${name}"; choose one of: ${names === '' ? '(none)' : names}.`;
}
