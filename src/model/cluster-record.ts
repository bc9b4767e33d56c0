// Where a run on a cluster was: its pods by name, their nodes, and what these are made of. All of it as the API said when clients started.
import { z } from './schema.ts';

const version = z.string().nullable();

export const clusterRecordSchema = z.object({
  /** Kubernetes, as the API server says it: `v1.34.4`. */
  version: z.string(),
  namespace: z.string(),
  /** Null when it could not be read; a part of it is null when the cluster's objects do not hold it. */
  dataplane: z.object({ kubeProxyMode: version, netd: version, calico: version, cilium: version }).nullable(),
  /** A node's facts are null when nodes may not be read. */
  nodes: z.array(
    z.object({
      name: z.string(),
      kernel: version,
      osImage: version,
      kubelet: version,
      /** `containerd://1.7.24` */
      containerRuntime: version,
    }),
  ),
  /** The class that a pod's connections are in; null for the server. */
  pods: z.array(
    z.object({
      name: z.string(),
      component: z.string(),
      class: z.string().nullable(),
      node: z.string().nullable(),
    }),
  ),
});
export type ClusterRecord = z.infer<typeof clusterRecordSchema>;
