// Who moves a node's packets, in words.
import type { Dataplane } from './node-event.ts';

/** `kube-proxy in mode nftables, Calico`; what is not there is not named. */
export function dataplaneWords({ kubeProxyMode, netd, calico, cilium, ebpf }: Dataplane): string {
  const inEbpf = (ebpf ?? []).map(({ owner }) => owner);
  const found = [
    kubeProxyMode !== null && `kube-proxy in mode ${kubeProxyMode}`,
    netd === true && "netd's policy routing",
    calico === true && !inEbpf.includes('Calico') && 'Calico',
    cilium === true &&
      !inEbpf.some((owner) => owner === 'Cilium' || owner === 'GKE Dataplane V2') &&
      'Cilium',
    ...(ebpf ?? []).map(({ owner, programs }) => ebpfWords(owner, programs)),
  ].filter((one) => one !== false);
  return found.length === 0 ? 'no rules of kube-proxy, netd, Calico or Cilium' : found.join(', ');
}

/** Their names are told where they do not say whose they are. */
const ebpfWords = (owner: string | null, programs: readonly string[]) =>
  owner === null ? `programs in eBPF (${programs.join(', ')})` : `${owner} in eBPF`;

/** Those whose connection tracking is in tables of eBPF, which nobody here looks into. */
const trackers: ReadonlySet<string> = new Set(['Cilium', 'GKE Dataplane V2', 'Calico']);

/** What of the node's connection tracking cannot be looked at, in words; null where nothing says that there is any. */
export function hiddenTracking({ cilium, ebpf }: Dataplane): string | null {
  const found = (ebpf ?? []).flatMap(({ owner }) => (owner !== null && trackers.has(owner) ? [owner] : []));
  const owners = found.length === 0 && cilium === true ? ['Cilium'] : found;
  if (owners.length === 0) return null;
  return (
    `the connection tracking of ${owners.join(' and ')} cannot be looked at: it is in tables of eBPF, which conntrack does not show, ` +
    'so that entries there may be missing, expire or be deleted unseen'
  );
}
