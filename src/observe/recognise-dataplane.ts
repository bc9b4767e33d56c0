// From what stands on a node to who put it there: kube-proxy in which mode, netd's policy routing, Calico, Cilium. Pure.
import { ownersOfPrograms, type EbpfTraces } from './ebpf/program-owners.ts';
import type { Dataplane } from '../model/node-event.ts';
import type { PolicyRule } from '../model/plan.ts';

/** Null: could not be read. */
export interface NodeTraces extends EbpfTraces {
  /** Of iptables' tables filter and mangle. */
  readonly chains: ReadonlySet<string> | null;
  /** As nft names them: `ip kube-proxy`. */
  readonly nftTables: readonly string[] | null;
  readonly rules: readonly PolicyRule[] | null;
  /** The names of interfaces. */
  readonly links: readonly string[] | null;
}

export function recogniseDataplane(traces: NodeTraces): Dataplane {
  const { chains, nftTables, rules, links } = traces;
  const ebpf = ownersOfPrograms(traces);
  // Both have links or chains of their own beside their programs, so that nothing is unknown where only those could not be seen.
  const inEbpf = (pattern: RegExp) =>
    ebpf?.some(({ owner }) => owner !== null && pattern.test(owner)) ?? false;
  const hasChain = (pattern: RegExp) => chains && [...chains].some((name) => pattern.test(name));
  const hasLink = (pattern: RegExp) => links && links.some((name) => pattern.test(name));
  const hasTable = (pattern: RegExp) => nftTables && nftTables.some((table) => pattern.test(table));
  const ipvs = either(hasLink(/^kube-ipvs0$/), hasChain(/^KUBE-IPVS-/));
  const modes = {
    nftables: hasTable(/^\S+ kube-proxy$/),
    ipvs,
    // The ipvs mode has the chain, too; kubelet makes others of the same prefix.
    iptables: ipvs === true ? false : hasChain(/^KUBE-(FORWARD|SERVICES)$/),
  };
  const found = Object.entries(modes).filter(([, here]) => here === true);
  return {
    kubeProxyMode: found.length === 0 ? null : found.map(([mode]) => mode).join('+'),
    netd: either(rules && rules.some(isNetds), hasChain(/^GCP-PREROUTING$/)),
    calico: either(hasChain(/^cali-/), hasLink(/^cali/), hasTable(/^\S+ calico$/), inEbpf(/^Calico$/)),
    cilium: either(hasLink(/^cilium_/), hasChain(/^(OLD_)?CILIUM_/), inEbpf(/^(Cilium|GKE Dataplane V2)$/)),
    ebpf,
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
