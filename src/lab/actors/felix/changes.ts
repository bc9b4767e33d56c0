// The lab's Felix: it takes the lowest table of its range for WireGuard, even when WireGuard is off, and at every route
// refresh deletes each rule that points to that table, whoever put it there.
// Source: projectcalico/felix v3.14 to v3.17, wireguard/wireguard.go and routerule/route_rules.go.
import type { PolicyRule } from '../../../model/plan.ts';
import { applyIpBatch, ipCommand, listRules } from '../../../system/tools/ip.ts';

/** Deletes the rules that look up Felix's own table. Returns those it deleted. */
export async function refreshRoutes(
  netns: string,
  routeTableRange: readonly [number, number],
): Promise<PolicyRule[]> {
  const own = String(routeTableRange[0]);
  const stray = (await listRules(netns)).filter((rule) => rule.table === own);
  if (stray.length > 0) {
    await applyIpBatch(
      netns,
      stray.map((rule) => ipCommand({ do: 'delete-rule', netns, rule })),
    );
  }
  return stray;
}
