// Who moves a node's packets, in words.
import type { Dataplane } from './node-event.ts';

/** `kube-proxy in mode nftables, Calico`; what is not there is not named. */
export function dataplaneWords({ kubeProxyMode, netd, calico, cilium }: Dataplane): string {
  const found = [
    kubeProxyMode !== null && `kube-proxy in mode ${kubeProxyMode}`,
    netd === true && "netd's policy routing",
    calico === true && 'Calico',
    cilium === true && 'Cilium',
  ].filter((one) => one !== false);
  return found.length === 0 ? 'no rules of kube-proxy, netd, Calico or Cilium' : found.join(', ');
}
