// The lab's netd: at every reconcile it puts back whatever of its rules is missing.
import type { PolicyRule } from '../../../model/plan.ts';
import { applyIpBatch, ipCommand, listRules } from '../../../system/tools/ip.ts';

/** Adds the rules that the namespace lacks, all in one go. Returns those it added. */
export async function reconcileRules(netns: string, wanted: readonly PolicyRule[]): Promise<PolicyRule[]> {
  const present = new Set((await listRules(netns)).map((rule) => rule.preference));
  const missing = wanted.filter((rule) => !present.has(rule.preference));
  if (missing.length > 0) {
    await applyIpBatch(
      netns,
      missing.map((rule) => ipCommand({ do: 'add-rule', netns, rule })),
    );
  }
  return missing;
}
