// From what stands on a node to who put it there: kube-proxy in which mode, netd's policy routing, Calico, Cilium. Pure.
import type { Dataplane } from '../model/node-event.ts';
import type { PolicyRule } from '../model/plan.ts';

/** Null: could not be read. */
export interface NodeTraces {
  /** Of iptables' tables filter and mangle. */
  readonly chains: ReadonlySet<string> | null;
  /** As nft names them: `ip kube-proxy`. */
  readonly nftTables: readonly string[] | null;
  readonly rules: readonly PolicyRule[] | null;
  /** The names of interfaces. */
  readonly links: readonly string[] | null;
}

export function recogniseDataplane({ chains, nftTables, rules, links }: NodeTraces): Dataplane {
  const hasChain = (pattern: RegExp) => chains && [...chains].some((name) => pattern.test(name));
  const hasLink = (pattern: RegExp) => links && links.some((name) => pattern.test(name));
  const ipvs = either(hasLink(/^kube-ipvs0$/), hasChain(/^KUBE-IPVS-/));
  const modes = {
    nftables: nftTables && nftTables.some((table) => /^\S+ kube-proxy$/.test(table)),
    ipvs,
    // The ipvs mode has the chain, too; kubelet makes others of the same prefix.
    iptables: ipvs === true ? false : hasChain(/^KUBE-(FORWARD|SERVICES)$/),
  };
  const found = Object.entries(modes).filter(([, here]) => here === true);
  return {
    kubeProxyMode: found.length === 0 ? null : found.map(([mode]) => mode).join('+'),
    netd: either(rules && rules.some(isNetds), hasChain(/^GCP-PREROUTING$/)),
    calico: either(hasChain(/^cali-/), hasLink(/^cali/)),
    cilium: either(hasLink(/^cilium_/), hasChain(/^(OLD_)?CILIUM_/)),
  };
}

/** netd sends whatever did not come in by the uplink to a table of its own. Felix may have taken the rule away for the moment. */
const isNetds = ({ not, iif, preference, table }: PolicyRule) =>
  not === true && iif !== undefined && preference === 30_003 && table !== 'main';

/** True if one says so; null when none could be read and none says so. */
function either(...signs: readonly (boolean | null)[]): boolean | null {
  if (signs.includes(true)) return true;
  return signs.includes(null) ? null : false;
}
