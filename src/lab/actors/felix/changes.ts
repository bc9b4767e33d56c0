// The lab's Felix: it takes the lowest table of its range for WireGuard, even when WireGuard is off, and at every route
// refresh deletes each rule that points to that table, whoever put it there.
// Source: projectcalico/felix v3.14 to v3.17, wireguard/wireguard.go and routerule/route_rules.go.
import type { ActorSpec } from '../../../model/scenario.ts';
import { applyIpBatch, ipCommand, listRules } from '../../../system/tools/ip.ts';
import type { Actor } from '../actor.ts';

type FelixSpec = Extract<ActorSpec, { kind: 'felix' }>;

const ownTable = ({ routeTableRange: [lowest] }: FelixSpec) => String(lowest);

export const felix: Actor<FelixSpec> = {
  name: 'Felix',
  pace: { everyMs: 90_000, jitterMs: 9_000 },
  async act(spec) {
    const netns = spec.node;
    const stray = (await listRules(netns)).filter((rule) => rule.table === ownTable(spec));
    const changes = stray.map((rule) => ipCommand({ do: 'delete-rule', netns, rule }));
    if (changes.length > 0) await applyIpBatch(netns, changes);
  },
  about: (spec) =>
    `deletes every rule that looks up table ${ownTable(spec)}, the lowest of its range ${spec.routeTableRange.join('-')}`,
  commands: (spec) => [`while ip -n ${spec.node} rule delete lookup ${ownTable(spec)}; do :; done`],
};
