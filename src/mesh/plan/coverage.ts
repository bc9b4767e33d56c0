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
  const zones: Record<string, Record<string, number>> = {};
  targets.forEach((ofAgent, agent) => {
    const source = nodes[agent];
    if (source === undefined || !probes(source.name)) return;
    for (const target of ofAgent) {
      degrees[target] = (degrees[target] ?? 0) + 1;
      const row = (zones[source.zone] ??= {});
      const zone = nodes[target]?.zone ?? '';
      row[zone] = (row[zone] ?? 0) + 1;
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
    zones,
  };
}

/** Who probes each planned node, by name. */
export function probersOf({ nodes, targets }: Assignment): Record<string, string[]> {
  const probers: Record<string, string[]> = {};
  for (const { name, leftOut } of nodes) if (leftOut === null) probers[name] = [];
  targets.forEach((ofAgent, agent) => {
    for (const target of ofAgent) probers[nodes[target]?.name ?? '']?.push(nodes[agent]?.name ?? '');
  });
  return probers;
}
