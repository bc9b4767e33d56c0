// Who moves the packets of a run's nodes, in words: nodes that are alike are named together.
import { dataplaneWords } from '../model/dataplane-words.ts';
import type { RunRecord } from '../model/run-record.ts';

export const dataplaneTitle = "By the nodes' own rules, as their observers saw them";

/** `node-1, node-2: kube-proxy in mode iptables, Calico`. */
export function dataplaneLines({ dataplanes = {} }: Pick<RunRecord, 'dataplanes'>): string[] {
  const byNode = Object.entries(dataplanes).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const alike = Map.groupBy(byNode, ([, seen]) => dataplaneWords(seen));
  return [...alike].map(([words, nodes]) => `${nodes.map(([node]) => node).join(', ')}: ${words}`);
}
