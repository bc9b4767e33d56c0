// The cluster at one moment: the run's pods, and the nodes that they are on.
import type { Micros } from '../model/clock.ts';
import type { Kubectl } from '../system/tools/kubectl.ts';
import { readNodes, type NodeView } from './node-view.ts';
import { readPods, type PodView } from './pod-view.ts';

/** What the cluster looked like; times are of our own clock. */
export interface ClusterSnapshot {
  readonly at: Micros;
  readonly pods: readonly PodView[];
  /** Undefined when nodes may not be read, or were not. */
  readonly nodes: readonly NodeView[] | undefined;
}

/** The run's pods. Throws a `missing` Problem when they cannot be read. */
async function readRunPods(kubectl: Kubectl, selector: string): Promise<PodView[]> {
  return readPods(await kubectl.json(['get', 'pods', `--selector=${selector}`]));
}

/**
 * Looks at pods and nodes; the snapshot's time is when it began. Nodes that may not be read are left out. Throws a `missing` Problem
 * when the pods cannot be read.
 */
export async function takeSnapshot(
  kubectl: Kubectl,
  selector: string,
  nodes: readonly string[],
  now: () => Micros,
): Promise<ClusterSnapshot> {
  const at = now();
  const [pods, nodeAnswer] = await Promise.all([
    readRunPods(kubectl, selector),
    nodes.length === 0 ? undefined : kubectl.ask(['get', 'nodes', ...nodes, '--output=json']),
  ]);
  return { at, pods, nodes: nodeAnswer?.ok === true ? readNodes(JSON.parse(nodeAnswer.stdout)) : undefined };
}
