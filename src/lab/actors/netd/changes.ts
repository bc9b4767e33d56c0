// The lab's netd: at every reconcile it puts back whatever of its rules is missing.
import type { ActorSpec } from '../../../model/scenario.ts';
import { applyIpBatch, ipCommand, listRules } from '../../../system/tools/ip.ts';
import { shellCommand } from '../../world/plan-commands.ts';
import type { Actor } from '../actor.ts';
import { netdRules } from './tables.ts';

type NetdSpec = Extract<ActorSpec, { kind: 'netd' }>;

const addRules = ({ node: netns, family = 'ipv4' }: NetdSpec) =>
  netdRules.map((rule) => ({ do: 'add-rule', netns, family, rule }) as const);

export const netd: Actor<NetdSpec> = {
  name: 'netd',
  pace: { everyMs: 10_000, jitterMs: 0 },
  async act(spec) {
    const { node, family } = spec;
    const present = new Set((await listRules(node, family)).map((rule) => rule.preference));
    const missing = addRules(spec).filter(({ rule }) => !present.has(rule.preference));
    // All in one go.
    if (missing.length > 0) await applyIpBatch(node, missing.map(ipCommand));
  },
  about: () => 'puts back those of its rules that are missing',
  commands: (spec) => addRules(spec).map(shellCommand),
};
