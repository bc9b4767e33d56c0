// What stands ready and what is missing before a run, as rows of one sentence each; and what the dataplane lets one expect.
import { askDataplane } from './ask-dataplane.ts';
import { askJson } from './ask-json.ts';
import type { Dataplane } from './dataplane.ts';
import type { Kubectl } from '../system/tools/kubectl.ts';
import { ownsTable } from './felix-tables.ts';
import { nftablesKernelWarnings, nodeKernels } from './nftables-kernel.ts';
import { readNodes, type NodeView } from './node-view.ts';
import { findObstacles, readPolicies, type Policy } from './network-policies.ts';
import { findRefusals, type Refusal } from './permissions.ts';
import type { ReachedCluster } from './reach-cluster.ts';

export interface PreflightRow {
  readonly what: string;
  readonly state: 'ok' | 'warning' | 'missing';
  readonly sentence: string;
}

/** The routing table that netd's rule points to. */
const netdTable = 1;

/** Asks the cluster; creates nothing. Throws a `missing` Problem when it no longer answers. */
export async function preflight(cluster: ReachedCluster, observe: boolean): Promise<PreflightRow[]> {
  const { kubectl } = cluster;
  const [nodes, refusals, policies, dataplane] = await Promise.all([
    askJson(kubectl, ['get', 'nodes']),
    findRefusals(kubectl, observe),
    askPolicies(kubectl),
    askDataplane(kubectl),
  ]);
  return [
    clientRow(cluster),
    {
      what: 'cluster',
      state: 'ok',
      sentence: `Context ${cluster.context} answers with version ${cluster.serverVersion.text}; the run would use namespace ${cluster.namespace}.`,
    },
    nodesRow(nodes === null ? null : readNodes(nodes)),
    rightsRow(refusals, cluster.namespace),
    policiesRow(policies, cluster.namespace),
    ...dataplaneRows(dataplane, observe),
    ...kernelRows(dataplane, nodes),
  ];
}

export function clientRow({
  clientVersion,
  serverVersion,
}: Pick<ReachedCluster, 'clientVersion' | 'serverVersion'>): PreflightRow {
  const what = 'kubectl';
  if (clientVersion.minor === null || serverVersion.minor === null) {
    return {
      what,
      state: 'warning',
      sentence: `kubectl is ${clientVersion.text} and the cluster ${serverVersion.text}: how far they are apart cannot be told; Kubernetes supports one minor version.`,
    };
  }
  const apart = Math.abs(clientVersion.minor - serverVersion.minor);
  if (apart <= 1) return { what, state: 'ok', sentence: `kubectl ${clientVersion.text} fits the cluster.` };
  return {
    what,
    state: 'warning',
    sentence: `kubectl ${clientVersion.text} and the cluster are ${apart} minor versions apart, and Kubernetes supports one; it may work all the same.`,
  };
}

/** Two nodes that take ordinary pods. @param nodes Null when they may not be read. */
export function nodesRow(nodes: readonly NodeView[] | null): PreflightRow {
  const what = 'nodes';
  if (nodes === null) {
    return {
      what,
      state: 'warning',
      sentence:
        'Nodes may not be read here: whether there are two is seen only when the pods start, and a cordoned node would go unnoticed.',
    };
  }
  const fit = nodes.filter((node) => node.schedulable);
  if (fit.length >= 2)
    return { what, state: 'ok', sentence: `${fit.length} of ${nodes.length} nodes take the pods.` };
  return {
    what,
    state: 'missing',
    sentence: `${fit.length} of ${nodes.length} nodes ${fit.length === 1 ? 'takes' : 'take'} the pods, and the experiment needs two: add a node, or uncordon one.`,
  };
}

export function rightsRow(refusals: readonly Refusal[], namespace: string): PreflightRow {
  const what = 'rights';
  const list = (some: readonly Refusal[]) => some.map((one) => `${one.what} (${one.why})`).join(', ');
  const required = refusals.filter((one) => one.required);
  if (required.length > 0) {
    return {
      what,
      state: 'missing',
      sentence: `In namespace ${namespace} you may not ${list(required)}; ask for these rights.`,
    };
  }
  if (refusals.length > 0)
    return { what, state: 'warning', sentence: `The run works, but without: ${list(refusals)}.` };
  return { what, state: 'ok', sentence: `All that a run needs is allowed in namespace ${namespace}.` };
}

/** The namespace's NetworkPolicies; null when they may not be read. */
export async function askPolicies(kubectl: Kubectl): Promise<Policy[] | null> {
  const json = await askJson(kubectl, ['get', 'networkpolicies.networking.k8s.io']);
  return json === null ? null : readPolicies(json);
}

/** Whether they let through what a run needs. No more than a warning: not every network enforces them. */
export function policiesRow(policies: readonly Policy[] | null, namespace: string): PreflightRow {
  const what = 'policies';
  if (policies === null) {
    const sentence = `The NetworkPolicies of namespace ${namespace} may not be read here; under one that denies by default a run would stay undecided.`;
    return { what, state: 'warning', sentence };
  }
  const obstacles = findObstacles(policies);
  const list = (passage: 'no' | 'perhaps') =>
    obstacles
      .filter((one) => one.passage === passage)
      .map((one) => `${one.what} by ${one.policies.join(', ')}`)
      .join('; ');
  const [denied, doubtful] = [list('no'), list('perhaps')];
  if (denied !== '') {
    const sentence = `NetworkPolicies of namespace ${namespace} deny ${denied}: where they are enforced the run stays undecided; use --namespace, or allow it as manifests/overlays/network-policy does.`;
    return { what, state: 'warning', sentence };
  }
  if (doubtful !== '') {
    const sentence = `Whether NetworkPolicies of namespace ${namespace} allow all that a run needs depends on namespaces or addresses that they name: ${doubtful}.`;
    return { what, state: 'warning', sentence };
  }
  const sentence =
    policies.length === 0
      ? `Namespace ${namespace} has no NetworkPolicy; the policies of Calico's and Cilium's own kinds are not read.`
      : `The NetworkPolicies of namespace ${namespace} allow what a run needs; the policies of Calico's and Cilium's own kinds are not read.`;
  return { what, state: 'ok', sentence };
}

/** One row for each part of the dataplane that was found, and the prediction that follows from them. */
function dataplaneRows(dataplane: Dataplane | string, observe: boolean): PreflightRow[] {
  if (typeof dataplane === 'string') {
    const sentence = `The dataplane is not known, and a run does not need it: ${dataplane}`;
    return [{ what: 'dataplane', state: 'warning', sentence }];
  }
  const { kubeProxyMode, netd, calico, cilium } = dataplane;
  const found = [
    ...(kubeProxyMode === null ? [] : [`kube-proxy in mode ${kubeProxyMode}`]),
    ...(netd === null ? [] : [`netd ${netd.version} with policy routing ${onOff(netd.policyRouting)}`]),
    ...(calico === null ? [] : [`Calico ${calico.version}`]),
    ...(cilium === null ? [] : [`${cilium.name === 'anetd' ? 'Dataplane V2' : 'Cilium'} ${cilium.version}`]),
  ];
  const sentence =
    found.length === 0
      ? observe
        ? "The API names none of kube-proxy, netd, Calico and Cilium; the observers will tell by the nodes' rules."
        : `None of kube-proxy, netd, Calico and Cilium is among the cluster's objects; what runs as a plain process of the nodes the API does not tell, but its rules do, to observers (--observe).`
      : `Found ${found.join(', ')}.`;
  const state = found.length === 0 && !observe ? 'warning' : 'ok';
  return [{ what: 'dataplane', state, sentence }, predict(dataplane)];
}

function kernelRows(dataplane: Dataplane | string, nodes: unknown): PreflightRow[] {
  const mode = typeof dataplane === 'string' ? null : dataplane.kubeProxyMode;
  return nftablesKernelWarnings(mode, nodeKernels(nodes)).map((sentence) => {
    return { what: 'kernel', state: 'warning', sentence };
  });
}

/** Whether the bug that netdebug started from is to be expected, from configuration alone. */
export function predict({ netd, calico }: Dataplane): PreflightRow {
  const row = (state: PreflightRow['state'], sentence: string): PreflightRow => ({
    what: 'prediction',
    state,
    sentence,
  });
  if (netd === null || calico === null) {
    const absent = [...(netd === null ? ['netd'] : []), ...(calico === null ? ['Calico'] : [])];
    return row(
      'ok',
      `No route-table-conflict is to be expected: it takes both netd and Calico, and the cluster's objects do not hold ${absent.join(' or ')}; as a plain process of the nodes it would not be seen here.`,
    );
  }
  if (netd.policyRouting === false) {
    return row(
      'ok',
      'No route-table-conflict is to be expected: netd does no policy routing (intranode visibility is off).',
    );
  }
  const owns = ownsTable(calico.tables, netdTable);
  const { source } = calico.tables;
  if (owns === false) {
    return row(
      'ok',
      `No route-table-conflict is to be expected: Calico leaves table ${netdTable} alone (${source}).`,
    );
  }
  if (owns === null || netd.policyRouting === null) {
    return row(
      'warning',
      `A route-table-conflict is possible: netd and Calico are here, and not all of their configuration can be read (${source}).`,
    );
  }
  return row(
    'warning',
    `route-table-conflict: netd routes by table ${netdTable} and Calico takes that table for its own (${source}); expect resets of same-node connections. Cure: FELIX_ROUTETABLERANGE=10-250.`,
  );
}

function onOff(value: boolean | null): string {
  if (value === null) return 'not stated';
  return value ? 'on' : 'off';
}
