// What the pods on this node are called, by the cgroup of a process in each one's network.
import type { AddressName } from '../../kubernetes/cluster-names.ts';
import { ownAddressesIn } from '../local-addresses.ts';
import type { PodFinder } from '../pod-namespaces.ts';
import { identityOf } from '../sockets/process-identity.ts';
import type { PodNames } from './pod-names.ts';

/** `found`: the network namespaces of pods; one whose process is in no pod that the kubelet knows has no name. */
export function podsOnNode(found: ReturnType<PodFinder['find']>, names: PodNames): AddressName[] {
  return found.flatMap(({ proc }) => {
    const cgroup = identityOf(proc)?.cgroup;
    const name = cgroup === undefined ? null : names.of(cgroup).pod;
    return name === null ? [] : ownAddressesIn(proc).map((address) => ({ kind: 'pod', name, address }));
  });
}
