// Programs that write rules, routes or tables of a node, by the names of their executables in the images that their projects publish.

/**
 * Calico's node runs several processes of one executable; of k3s and MicroK8s kube-proxy is a part; the agent of GKE's Dataplane V2
 * (anetd) is Cilium's, and Amazon's is the one that its pod aws-node runs.
 */
const agents: ReadonlySet<string> = new Set([
  'kube-proxy',
  'k3s',
  'k3s-server',
  'k3s-agent',
  'kubelite',
  'calico-node',
  'calico-felix',
  'bird',
  'bird6',
  'cilium-agent',
  'netd',
  'ip-masq-agent',
  'aws-k8s-agent',
  'azure-npm',
  'azure-cns',
  'antrea-agent',
  'ovnkube',
  'ovn-controller',
  'ovs-vswitchd',
  'kube-ovn-daemon',
  'flanneld',
  'weaver',
  'weave-npc',
  'kindnetd',
  'kube-network-policies',
  'kube-router',
  'dockerd',
  'firewalld',
]);

export const isAgent = (executable: string): boolean => agents.has(executable);
