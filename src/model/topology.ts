// Nodes, pods and a Service, with the names and addresses they have on GKE.

export interface Node {
  readonly name: string;
  /** The node's own address on the VPC, on eth0. */
  readonly address: string;
  /** The node's alias range: its pods' addresses. */
  readonly podCidr: string;
}

export interface Pod {
  readonly name: string;
  readonly node: string;
  readonly address: string;
  /** The host's end of the pod's veth pair. */
  readonly hostInterface: string;
}

export interface Service {
  readonly name: string;
  readonly clusterIp: string;
  readonly port: number;
  /** Of every node; absent where it has none. */
  readonly nodePort?: number;
  /** Pods behind it, by name. */
  readonly endpoints: readonly string[];
}

export interface Topology {
  readonly nodes: readonly Node[];
  readonly pods: readonly Pod[];
  readonly service: Service;
  /** The VPC's gateway address, the same one for every node, and all pod ranges of the cluster. */
  readonly gateway: string;
  readonly clusterCidr: string;
  readonly serviceCidr: string;
}

/** Where a group of clients sits relative to the server, and what it dials. */
export interface ClientClass {
  readonly name: string;
  readonly pod: string;
  readonly target: { readonly address: string; readonly port: number };
}
