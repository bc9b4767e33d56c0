// Pods of a node as the API told of them, and ends of connections that are theirs, for tests of what is made of losses.
import type { PodsHere } from '../../../src/experiment/all-day/pods-here.ts';
import type { NodePod } from '../../../src/kubernetes/node-pods.ts';
import type { WatchEnd } from '../../../src/model/watch-record.ts';

export function podOf(name: string, workload = name, type = 'deployment'): NodePod {
  return { namespace: 'shop', name, uid: `uid-of-${name}`, workload: { type, name: workload } };
}

export function podsHere(pods: readonly NodePod[], isKnown = true): PodsHere {
  const all = new Map(pods.map((pod) => [`${pod.namespace}/${pod.name}`, pod]));
  return {
    ...{ find: (name) => all.get(name), isKnown, size: all.size },
    stop: () => Promise.resolve(),
  };
}

export const endOf = (pod: string | null, process: WatchEnd['process'] = null): WatchEnd => ({
  ...{ address: '10.0.0.1', port: 40_000, pod, service: null, process },
});

export const program = (command: string, container: string | null = null): WatchEnd['process'] => ({
  ...{ pid: 7, command, container },
});
