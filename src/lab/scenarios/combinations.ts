// What `lab matrix` runs: every combination of a scenario's factors, and each fix where all factors are on.
import type { Choice, Scenario } from '../../model/scenario.ts';

/** Of one variant, the default one unless named. All factors on comes first, then one less at a time; the fixes last. */
export function combinations(scenario: Scenario, variant: string = scenario.variants[0].name): Choice[] {
  const names = scenario.factors.map((factor) => factor.name);
  const withoutFix = Array.from({ length: 2 ** names.length }, (_, bits): Choice => {
    const factors = Object.fromEntries(names.map((name, index) => [name, (bits & (1 << index)) === 0]));
    return { factors, variant, fix: null };
  });
  const all = Object.fromEntries(names.map((name) => [name, true]));
  return [...withoutFix, ...scenario.fixes.map((fix): Choice => ({ factors: all, variant, fix: fix.name }))];
}
