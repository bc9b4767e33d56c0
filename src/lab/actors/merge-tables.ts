// One ruleset out of what several actors program: same table, same chain, rules in the order of the actors.
import type { IptablesTable } from '../../model/plan.ts';

/** Merges by table and chain; the first actor's rules come first, as one that inserts at the top would have it. */
export function mergeTables(...actors: readonly (readonly IptablesTable[])[]): IptablesTable[] {
  const merged = new Map<IptablesTable['name'], Record<string, string[]>>();
  for (const { name, chains } of actors.flat()) {
    const target = merged.get(name) ?? {};
    merged.set(name, target);
    for (const [chain, rules] of Object.entries(chains)) target[chain] = [...(target[chain] ?? []), ...rules];
  }
  return [...merged].map(([name, chains]) => ({ name, chains }));
}
