// What the record says of the cluster: the run's pods by name, their nodes with versions, and the dataplane.
import type { ClusterRecord } from '../model/cluster-record.ts';
import { z } from '../model/schema.ts';
import type { Kubectl } from '../system/tools/kubectl.ts';
import { askDataplane } from './ask-dataplane.ts';
import { askJson } from './ask-json.ts';
import { classOf, clientComponents, ofRun } from './names.ts';
import { readPods } from './pod-view.ts';
import type { ReachedCluster } from './reach-cluster.ts';

const nodeSchema = z.object({
  metadata: z.object({ name: z.string() }),
  status: z
    .object({
      nodeInfo: z
        .object({
          kernelVersion: z.string().optional(),
          osImage: z.string().optional(),
          kubeletVersion: z.string().optional(),
          containerRuntimeVersion: z.string().optional(),
        })
        .prefault({}),
    })
    .prefault({}),
});
type NodeInfo = z.infer<typeof nodeSchema>['status']['nodeInfo'];

/** @param nodes The nodes that the run is on. What may not be read is null; throws a `missing` Problem when the pods may not. */
export async function describeCluster(
  { kubectl, namespace, serverVersion }: Pick<ReachedCluster, 'kubectl' | 'namespace' | 'serverVersion'>,
  runId: string,
  nodes: readonly string[],
): Promise<ClusterRecord> {
  const [pods, infos, dataplane] = await Promise.all([
    kubectl.json(['get', 'pods', `--selector=${ofRun(runId)}`]).then(readPods),
    askNodes(kubectl, nodes),
    askDataplane(kubectl),
  ]);
  return {
    version: serverVersion.text,
    namespace,
    dataplane:
      typeof dataplane === 'string'
        ? null
        : {
            kubeProxyMode: dataplane.kubeProxyMode,
            netd: dataplane.netd?.version ?? null,
            calico: dataplane.calico?.version ?? null,
            cilium: dataplane.cilium?.version ?? null,
          },
    nodes: nodes.map((name) => {
      const info = infos.get(name);
      return {
        name,
        kernel: info?.kernelVersion ?? null,
        osImage: info?.osImage ?? null,
        kubelet: info?.kubeletVersion ?? null,
        containerRuntime: info?.containerRuntimeVersion ?? null,
      };
    }),
    pods: pods
      .filter((pod) => !pod.deleting)
      .map(({ name, component, node }) => {
        const client = clientComponents.find((one) => one === component);
        return { name, component, class: client === undefined ? null : classOf[client], node };
      }),
  };
}

async function askNodes(kubectl: Kubectl, names: readonly string[]): Promise<Map<string, NodeInfo>> {
  const json = await askJson(kubectl, ['get', 'nodes', ...names]);
  const list = z.object({ items: z.array(nodeSchema) }).safeParse(json);
  return new Map((list.data?.items ?? []).map(({ metadata, status }) => [metadata.name, status.nodeInfo]));
}
