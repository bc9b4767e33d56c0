// Tells nodes that are lost from an API that has lost its nodes. Kubernetes calls every node NotReady whose kubelet it has not heard
// for 40 s, so that an API server that was away for half a minute says it of all, and of their pods: a plan by that word would close
// every connection of the mesh. Its own controller ends no pods then (fullDisruption), and we go on probing.
import type { MeshNode } from '../plan/mesh-node.ts';

export interface DisruptionWatch {
  /** The nodes as they are to be planned: during a disruption those that it concerns stay in, with what the API says as `doubt`. */
  judge(nodes: readonly MeshNode[]): readonly MeshNode[];
  /** When to judge again though the API says nothing new, in milliseconds from now; null when there is no need. */
  againInMs(): number | null;
}

/**
 * Kubernetes' default (node lifecycle controller): partialDisruption of a zone from this share on. Not its least number of three: of three
 * nodes two are called NotReady at once and the third is not, when kubelets ask again at different times (seen on 1.34).
 */
const disruptionShare = 0.55;
/** Nodes are Ready again before the API has heard so of their pods. */
const lingerMs = 2 * 60_000;

/** @param nowMs Monotonic milliseconds. */
export function createDisruptionWatch(nowMs: () => number): DisruptionWatch {
  let untilMs = Number.NEGATIVE_INFINITY;
  return {
    judge(nodes) {
      if (isDisruption(nodes)) untilMs = nowMs() + lingerMs;
      return nowMs() < untilMs ? nodes.map(keep) : nodes;
    },
    againInMs: () => (nowMs() < untilMs ? untilMs - nowMs() : null),
  };
}

/**
 * Most of the nodes that are to be expected are NotReady. It depends on the API's word alone, so that
 * every replica, and one that has just been started, says the same.
 */
function isDisruption(nodes: readonly MeshNode[]): boolean {
  const lost = nodes.filter(
    ({ leftOut, address }) => leftOut === 'node-not-ready' && address !== null,
  ).length;
  const there = nodes.filter(
    ({ leftOut }) => leftOut !== 'node-not-ready' && leftOut !== 'node-deleting',
  ).length;
  if (lost === 0) return false;
  return lost / (lost + there) >= disruptionShare;
}

/** A node whose server nobody has seen run has no address, and stays out. */
function keep(node: MeshNode): MeshNode {
  const { leftOut, address } = node;
  const doubted = leftOut === 'node-not-ready' || leftOut === 'target-not-ready';
  return doubted && address !== null ? { ...node, leftOut: null, doubt: leftOut } : node;
}
