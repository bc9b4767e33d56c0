// Whether the pods are where the experiment needs them: one client beside the server, the other on another node.
import type { PodView } from './pod-view.ts';

export type Placement =
  | { readonly fits: true; readonly serverNode: string; readonly remoteNode: string }
  | { readonly fits: false; readonly sentence: string };

/** Judges the newest living pod of each component. */
export function assessPlacement(pods: readonly PodView[]): Placement {
  const nodeOf = (component: string) =>
    pods.find((pod) => pod.component === component && !pod.deleting && pod.node !== null)?.node ?? null;
  const server = nodeOf('server');
  const coLocated = nodeOf('co-located-client');
  const remote = nodeOf('remote-client');
  if (server === null || coLocated === null || remote === null) {
    return { fits: false, sentence: 'not every pod has a node' };
  }
  if (coLocated !== server) {
    return { fits: false, sentence: `the co-located client is on ${coLocated}, the server on ${server}` };
  }
  if (remote === server) return { fits: false, sentence: `all pods are on one node, ${server}` };
  return { fits: true, serverNode: server, remoteNode: remote };
}
