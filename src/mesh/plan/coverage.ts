// Proof that a plan leaves no node unwatched: how many others probe each, counted and not assumed.
import type { Assignment } from './assign.ts';

export interface Coverage {
  /** Nodes that are not left out. */
  readonly planned: number;
  /** Planned nodes that nobody else probes, by name. A cluster of one node has one: itself. */
  readonly uncovered: readonly string[];
  /** How many others probe a planned node. */
  readonly inDegree: { readonly least: number; readonly most: number; readonly mean: number };
  /** Edges from zone to zone. */
  readonly zones: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** @param probes Whether this agent (by its node's name) is there to probe; by default all are. */
export function coverageOf(
  { nodes, targets }: Assignment,
  probes: (agent: string) => boolean = () => true,
): Coverage {
  const degrees = new Int32Array(nodes.length);
  // Zones and nodes are called as somebody else likes, `constructor` too.
  const zones = new Map<string, Map<string, number>>();
  targets.forEach((ofAgent, agent) => {
    const source = nodes[agent];
    if (source === undefined || !probes(source.name)) return;
    for (const target of ofAgent) {
      degrees[target] = (degrees[target] ?? 0) + 1;
      const row = zones.get(source.zone) ?? new Map<string, number>();
      zones.set(source.zone, row);
      const zone = nodes[target]?.zone ?? '';
      row.set(zone, (row.get(zone) ?? 0) + 1);
    }
  });
  const planned = [...nodes.keys()].filter((node) => nodes[node]?.leftOut === null);
  const counted = planned.map((node) => degrees[node] ?? 0);
  return {
    planned: planned.length,
    uncovered: planned.filter((node) => degrees[node] === 0).map((node) => nodes[node]?.name ?? ''),
    inDegree: {
      least: counted.reduce((least, count) => Math.min(least, count), Number.POSITIVE_INFINITY),
      most: counted.reduce((most, count) => Math.max(most, count), 0),
      mean: counted.reduce((sum, count) => sum + count, 0) / Math.max(1, counted.length),
    },
    zones: Object.fromEntries([...zones].map(([zone, row]) => [zone, Object.fromEntries(row)])),
  };
}

/** Who probes each planned node, by name. */
export function probersOf({ nodes, targets }: Assignment): Record<string, string[]> {
  const probers = new Map<string, string[]>();
  for (const { name, leftOut } of nodes) if (leftOut === null) probers.set(name, []);
  targets.forEach((ofAgent, agent) => {
    for (const target of ofAgent) probers.get(nodes[target]?.name ?? '')?.push(nodes[agent]?.name ?? '');
  });
  return Object.fromEntries(probers);
}
