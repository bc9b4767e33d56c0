// One cluster size in a process of its own, so that its memory is its own: prints JSON.
import { assign, type Assignment } from '../../src/mesh/plan/assign.ts';
import { coverageOf } from '../../src/mesh/plan/coverage.ts';
import { planOfNode } from '../../src/mesh/plan/node-plan.ts';
import { median } from '../probing/spread.ts';
import { cluster, meshNode } from './cluster.ts';
import { ringEdges } from './rivals.ts';

export interface SizeFigures {
  readonly size: number;
  readonly planMs: number;
  readonly partsMs: number;
  readonly peakMib: number;
  /** Edges that a joining node makes, and how many agents hear of it. */
  readonly joinEdges: number;
  readonly joinAgents: number;
  readonly leaveEdges: number;
  readonly ringJoinEdges: number;
  readonly inDegree: { readonly least: number; readonly most: number; readonly mean: number };
  readonly uncovered: number;
  /** With a third of the nodes gone, their zone. */
  readonly uncoveredWithoutZone: number;
  readonly ownZoneShare: number;
  readonly partBytes: number;
  /** Mean over a churn of nodes that come and go, one after the other. */
  readonly churnEdges: number;
  readonly churnAgents: number;
}

const targets = 10;
const services = {
  all: 'netdebug-mesh-server.netdebug-mesh.svc',
  local: 'netdebug-mesh-local.netdebug-mesh.svc',
  port: 8_080,
};

export function measureSize(size: number): SizeFigures {
  const nodes = cluster(size);
  const times = Array.from({ length: 5 }, () => timed(() => assign(nodes, targets)));
  const before = assign(nodes, targets);
  const parts = timed(() => partsOf(before));
  // Before the sets of edges below, which a coordinator does not have.
  const peakMib = process.resourceUsage().maxRSS / 1_024;
  const joined = assign([...nodes, meshNode(size)], targets);
  const left = assign(nodes.slice(1), targets);
  const { uncovered, inDegree, zones } = coverageOf(before);
  const lostZone = assign(
    nodes.map((node) => (node.zone === 'zone-a' ? { ...node, leftOut: 'node-not-ready' as const } : node)),
    targets,
  );
  const churn = churned(size);
  const edgesBefore = edgesOf(before);
  return {
    size,
    planMs: median(times.map(({ ms }) => ms)),
    partsMs: parts.ms,
    peakMib,
    joinEdges: countMissing(edgesOf(joined), edgesBefore),
    joinAgents: changedParts(parts.result, partsOf(joined)),
    leaveEdges: countMissing(edgesBefore, edgesOf(left)),
    ringJoinEdges: countMissing(ringEdges([...nodes, meshNode(size)], targets), ringEdges(nodes, targets)),
    inDegree,
    uncovered: uncovered.length,
    uncoveredWithoutZone: coverageOf(lostZone).uncovered.length,
    ownZoneShare: shareOfOwnZone(zones),
    partBytes: mean(
      before.nodes.slice(0, 200).map(({ name }) => JSON.stringify(planOfNode(before, name, services)).length),
    ),
    ...churn,
  };
}

/** Twenty changes: a node leaves, another one joins, a third is cordoned and comes back. */
function churned(size: number): Pick<SizeFigures, 'churnEdges' | 'churnAgents'> {
  let nodes = cluster(size);
  let assignment = assign(nodes, targets);
  let revisions = partsOf(assignment);
  let edges = edgesOf(assignment);
  const moved: number[] = [];
  const told: number[] = [];
  for (let change = 0; change < 20; change++) {
    const at = (change * 7_919) % nodes.length;
    const kind = change % 4;
    if (kind === 0) nodes = nodes.toSpliced(at, 1);
    else if (kind === 1) nodes = [...nodes, meshNode(size + change)];
    else
      nodes = nodes.map((node, index) =>
        index === 3 ? { ...node, leftOut: kind === 2 ? 'node-cordoned' : null } : node,
      );
    assignment = assign(nodes, targets);
    const [nextRevisions, nextEdges] = [partsOf(assignment), edgesOf(assignment)];
    moved.push(Math.max(countMissing(edges, nextEdges), countMissing(nextEdges, edges)));
    told.push(changedParts(revisions, nextRevisions));
    [revisions, edges] = [nextRevisions, nextEdges];
  }
  return { churnEdges: mean(moved), churnAgents: mean(told) };
}

function timed<T>(work: () => T): { result: T; ms: number } {
  const startMs = performance.now();
  const result = work();
  return { result, ms: performance.now() - startMs };
}

function partsOf(assignment: Assignment): Map<string, string> {
  return new Map(
    assignment.nodes.map(({ name }) => [name, planOfNode(assignment, name, services)?.revision ?? '']),
  );
}

function changedParts(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): number {
  return [...after].filter(([name, revision]) => before.get(name) !== revision).length;
}

function edgesOf({ nodes, targets: all }: Assignment): Set<string> {
  const edges = new Set<string>();
  all.forEach((some, agent) => {
    for (const target of some) edges.add(`${nodes[agent]?.name ?? ''} ${nodes[target]?.name ?? ''}`);
  });
  return edges;
}

function countMissing(of: ReadonlySet<string>, inThem: ReadonlySet<string>): number {
  let missing = 0;
  for (const edge of of) if (!inThem.has(edge)) missing += 1;
  return missing;
}

function shareOfOwnZone(zones: Readonly<Record<string, Readonly<Record<string, number>>>>): number {
  let own = 0;
  let all = 0;
  for (const [zone, row] of Object.entries(zones)) {
    own += row[zone] ?? 0;
    all += Object.values(row).reduce((sum, value) => sum + value, 0);
  }
  return own / all;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

if (import.meta.main) process.stdout.write(JSON.stringify(measureSize(Number(process.argv[2]))));
