// One node's resets as its agent counted them, and whether they are where they ought to be.
import { messageOf } from '../../model/problem.ts';
import { readSeries } from './series.ts';

export interface NodeCounts {
  readonly node: string;
  /** By `CLASS PATH`; only what is above zero. */
  readonly resets: Readonly<Record<string, number>>;
  readonly connectionSeconds: Readonly<Record<string, number>>;
  /** Failures that a life-cycle rule left out, by cause. */
  readonly excluded: Readonly<Record<string, number>>;
  /** Why the agent could not be asked; null when it could. */
  readonly unreachable: string | null;
}

const prefix = 'netdebug_mesh_';
/** Where the fight over netd's table shows: connections through a Service to the own node. */
const conflictSeries = 'same-node service';

export async function countsOf(node: string, address: string): Promise<NodeCounts> {
  const none = { node, resets: {}, connectionSeconds: {}, excluded: {} };
  try {
    const response = await fetch(`http://${address}/metrics`, { signal: AbortSignal.timeout(3_000) });
    return { ...none, ...countsIn(await response.text()), unreachable: null };
  } catch (error) {
    return { ...none, unreachable: messageOf(error) };
  }
}

export function countsIn(text: string): Omit<NodeCounts, 'node' | 'unreachable'> {
  const resets: Record<string, number> = {};
  const connectionSeconds: Record<string, number> = {};
  const excluded: Record<string, number> = {};
  for (const { name, labels, value } of readSeries(text)) {
    if (value === 0) continue;
    const route = `${labels['class'] ?? ''} ${labels['path'] ?? ''}`;
    const cause = labels['cause'] ?? '';
    if (name === `${prefix}resets_total`) resets[route] = value;
    if (name === `${prefix}connection_seconds_total`) connectionSeconds[route] = value;
    if (name === `${prefix}excluded_total`) excluded[cause] = (excluded[cause] ?? 0) + value;
  }
  return { resets, connectionSeconds, excluded };
}

/** A sentence for each thing that is not as it ought to be: resets that are missing, and resets that nothing explains. */
export function misplaced(counts: readonly NodeCounts[], conflict: ReadonlySet<string>): string[] {
  return counts.flatMap(({ node, resets, unreachable }) => {
    if (unreachable !== null) return [`the agent of ${node} does not answer: ${unreachable}`];
    const missing = conflict.has(node) && resets[conflictSeries] === undefined;
    const others = Object.entries(resets).filter(
      ([route]) => !(conflict.has(node) && route === conflictSeries),
    );
    return [
      ...(missing ? [`${node} has a table conflict and no resets of ${conflictSeries}`] : []),
      ...others.map(([route, count]) => `${node} has ${count} resets of ${route}`),
    ];
  });
}
