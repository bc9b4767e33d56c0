// How others choose whom to probe, as far as their sources say: all pairs (goldpinger), and the next K of one ring (kubenurse).
import { hashName } from '../../src/mesh/plan/rings.ts';
import type { MeshNode } from '../../src/mesh/plan/mesh-node.ts';

export function ringEdges(nodes: readonly MeshNode[], targets: number): Set<string> {
  const ring = nodes.toSorted((a, b) => hashName(a.name) - hashName(b.name) || (a.name < b.name ? -1 : 1));
  const edges = new Set<string>();
  ring.forEach(({ name }, at) => {
    for (let step = 1; step <= Math.min(targets, ring.length - 1); step++)
      edges.add(`${name} ${ring[(at + step) % ring.length]?.name ?? ''}`);
  });
  return edges;
}

export const allPairs = {
  edges: (size: number) => size * (size - 1),
  /** goldpinger's pkg/goldpinger/stats.go: one histogram of 12 buckets for each peer. */
  seriesPerAgent: (size: number) => (12 + 1 + 2) * size,
  /** Each instance lists all instances at each refresh, by default every 30 s. */
  apiRequestsPerSecond: (size: number) => size / 30,
} as const;
