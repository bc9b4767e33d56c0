// The lab's Felix: it takes the lowest table of its range for WireGuard, even when WireGuard is off, and at every route
// refresh deletes each rule that points to that table, whoever put it there.
// Source: projectcalico/felix v3.14 to v3.17, wireguard/wireguard.go and routerule/route_rules.go.
import type { ActorSpec } from '../../../model/scenario.ts';
import { applyIpBatch, familyFlag, ipCommand, listRules } from '../../../system/tools/ip.ts';
import type { Actor } from '../actor.ts';

type FelixSpec = Extract<ActorSpec, { kind: 'felix' }>;

const ownTable = ({ routeTableRange: [lowest] }: FelixSpec) => String(lowest);

export const felix: Actor<FelixSpec> = {
  name: 'Felix',
  pace: { everyMs: 90_000, jitterMs: 9_000 },
  async act(spec) {
    const { node: netns, family = 'ipv4' } = spec;
    const stray = (await listRules(netns, family)).filter((rule) => rule.table === ownTable(spec));
    const changes = stray.map((rule) => ipCommand({ do: 'delete-rule', netns, family, rule }));
    if (changes.length > 0) await applyIpBatch(netns, changes);
  },
  about: (spec) =>
    `deletes every rule that looks up table ${ownTable(spec)}, the lowest of its range ${spec.routeTableRange.join('-')}`,
  commands(spec) {
    const ip = ['ip', ...familyFlag(spec.family), '-n', spec.node].join(' ');
    return [`while ${ip} rule delete lookup ${ownTable(spec)}; do :; done`];
  },
};
