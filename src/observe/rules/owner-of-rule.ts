// Whose a firewall rule is, by the name of its chain or table, or by what its maker wrote beside it. Pure.

/**
 * Chains, the more special first: kube-router's begin as kube-proxy's do. From the projects' sources: kube-proxy pkg/proxy/{iptables,ipvs},
 * kubelet pkg/kubelet/kubelet_network_linux.go; Calico felix/rules; Cilium pkg/datapath/iptables; netd pkg/config; Docker
 * daemon/libnetwork; CNI plugins/meta/{portmap,firewall}; Istio tools/istio-iptables; flannel pkg/trafficmngr; Antrea pkg/agent/route;
 * OVN-Kubernetes go-controller/pkg/node; Amazon pkg/networkutils; kube-router pkg/controllers.
 */
const chains: readonly (readonly [RegExp, string])[] = [
  [/^KUBE-(?:ROUTER|NWPLCY|POD-FW|NETWORK-POLICY|SNAT-TARGET|HAIRPIN)/, 'kube-router'],
  [/^KUBE-(?:FIREWALL|KUBELET-CANARY)$/, 'kubelet'],
  [/^KUBE-/, 'kube-proxy'],
  [/^cali-|^calico-/, 'Calico'],
  [/^(?:OLD_)?CILIUM_/, 'Cilium'],
  [/^GCP-(?:PREROUTING|POSTROUTING)$/, 'netd'],
  [/^IP-MASQ(?:-AGENT)?$/, 'ip-masq-agent'],
  [/^AWS-/, 'Amazon VPC CNI'],
  [/^AZURE-NPM/, 'Azure NPM'],
  [/^ANTREA-/, 'Antrea'],
  [/^OVN-KUBE-/, 'OVN-Kubernetes'],
  [/^WEAVE(?:-|$)/, 'Weave Net'],
  [/^FLANNEL-/, 'flannel'],
  [/^KIND-MASQ-AGENT$/, 'kindnet'],
  [/^(?:CNI-|CNI_)/, 'CNI plugins'],
  // What an administrator wrote is not Docker's.
  [/^DOCKER(?:-(?!USER$)|$)/, 'Docker'],
  [/^NETAVARK/, 'Podman'],
  [/^ISTIO_/, 'Istio'],
  [/^PROXY_INIT_/, 'Linkerd'],
  [/^ufw6?-/, 'ufw'],
  [/^LIBVIRT_/, 'libvirt'],
  [/^f2b-/, 'fail2ban'],
  [/^ts-/, 'Tailscale'],
];

/** Tables of nft, without their family: their chains are named for what they do. */
const tables: readonly (readonly [RegExp, string])[] = [
  [/^kube-proxy$/, 'kube-proxy'],
  [/^calico(?:-|$)/, 'Calico'],
  [/^flannel-ipv[46]$/, 'flannel'],
  [/^kindnet-/, 'kindnet'],
  [/^kube-network-policies$/, 'kube-network-policies'],
  [/^ovn-kubernetes$/, 'OVN-Kubernetes'],
  [/^antrea/, 'Antrea'],
  [/^cni_(?:hostport|plugins_masquerade)$/, 'CNI plugins'],
  [/^docker-bridges$/, 'Docker'],
  [/^netavark$/, 'Podman'],
  [/^istio-/, 'Istio'],
  [/^firewalld$/, 'firewalld'],
  [/^libvirt_network$/, 'libvirt'],
  [/^io\.systemd\.nat$/, 'systemd'],
];

/** In chains that everybody has. */
const comments: readonly (readonly [RegExp, string])[] = [
  [/"cali:|\bcali:[\w-]{16}\b/, 'Calico'],
  [/"cilium: /, 'Cilium'],
  [/"kubernetes /, 'kube-proxy'],
  [/"NodeLocal DNS Cache/, 'NodeLocal DNSCache'],
  [/"?flanneld /, 'flannel'],
];

/**
 * By the name that counters have: `TABLE CHAIN RULE` of iptables, `FAMILY TABLE CHAIN RULE` of nft. Undefined where none of them tells it.
 */
export function ownerOfRule(name: string): string | undefined {
  const [first = '', second = '', third = ''] = name.split(' ');
  const isNft = families.has(first);
  const byTable = isNft ? find(tables, second) : undefined;
  return byTable ?? find(chains, isNft ? third : second) ?? find(comments, name);
}

const families: ReadonlySet<string> = new Set(['ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev']);

const find = (known: readonly (readonly [RegExp, string])[], name: string) =>
  known.find(([pattern]) => pattern.test(name))?.[1];
