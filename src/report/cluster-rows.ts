// Where a run on a cluster was, for the reports: a line, and a row for each pod.
import type { ClusterRecord } from '../model/cluster-record.ts';

export const clusterHeads = ['class', 'pod', 'node', 'kernel', 'kubelet', 'runtime'] as const;

/** `Kubernetes v1.34.4, namespace default; kube-proxy iptables, Calico v3.17.1` */
export function clusterLine({ version, namespace, dataplane }: ClusterRecord): string {
  const parts =
    dataplane === null
      ? []
      : [
          ...(dataplane.kubeProxyMode === null ? [] : [`kube-proxy ${dataplane.kubeProxyMode}`]),
          ...(dataplane.netd === null ? [] : [`netd ${dataplane.netd}`]),
          ...(dataplane.calico === null ? [] : [`Calico ${dataplane.calico}`]),
          ...(dataplane.cilium === null ? [] : [`Cilium ${dataplane.cilium}`]),
        ];
  const found = parts.length > 0 ? parts.join(', ') : "dataplane not among the cluster's objects";
  return `Kubernetes ${version}, namespace ${namespace}; ${dataplane === null ? 'dataplane not read' : found}`;
}

/** Each as long as clusterHeads. */
export function clusterRows({ pods, nodes }: ClusterRecord): string[][] {
  return pods.map((pod) => {
    const node = nodes.find((one) => one.name === pod.node);
    return [
      pod.class ?? pod.component,
      pod.name,
      pod.node ?? '?',
      node?.kernel ?? '?',
      node?.kubelet ?? '?',
      node?.containerRuntime ?? '?',
    ];
  });
}
