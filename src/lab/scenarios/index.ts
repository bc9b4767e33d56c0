// Every scenario that the lab knows, by name.
import { Problem } from '../../model/problem.ts';
import type { Choice, Named, Scenario } from '../../model/scenario.ts';
import { conntrackEntryDeleted } from './conntrack-entry-deleted.ts';
import { conntrackExpired } from './conntrack-expired.ts';
import { conntrackInvalid } from './conntrack-invalid.ts';
import { conntrackTableFull } from './conntrack-table-full.ts';
import { endpointReplaced } from './endpoint-replaced.ts';
import { forgedReset } from './forged-reset.ts';
import { gkeIntranodePolicy } from './gke-intranode-policy.ts';
import { healthy } from './healthy.ts';
import { policyReject } from './policy-reject.ts';
import { probeStalled } from './probe-stalled.ts';
import { serverAborted } from './server-aborted.ts';
import { serverProcessDied } from './server-process-died.ts';
import { silentDrop } from './silent-drop.ts';

export const scenarios: readonly Scenario[] = [
  gkeIntranodePolicy,
  conntrackEntryDeleted,
  conntrackInvalid,
  conntrackExpired,
  conntrackTableFull,
  policyReject,
  endpointReplaced,
  serverProcessDied,
  serverAborted,
  forgedReset,
  silentDrop,
  probeStalled,
  healthy,
];

export const defaultScenario = gkeIntranodePolicy.name;

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
