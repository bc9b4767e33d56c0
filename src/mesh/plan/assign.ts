// Who probes whom: each agent takes its successor in each of K rings, half of them over the whole cluster and half over its own zone.
//
// In a ring everybody has one successor and one predecessor, so K rings give every node K targets and about K probers, and
// the first ring alone covers every node. Nothing but names and states goes in: any replica computes the same.
import { hashName, mostNodes, ringOrder } from './rings.ts';
import type { MeshNode } from './mesh-node.ts';

export interface Assignment {
  /** Sorted by name. */
  readonly nodes: readonly MeshNode[];
  readonly indexOf: ReadonlyMap<string, number>;
  /** By index of the agent's node: indices of its targets, its own node not among them. Empty for a node that is left out. */
  readonly targets: readonly Int32Array[];
  /** By index: nodes that are left out and would be among its targets otherwise. */
  readonly passedOver: readonly (readonly number[])[];
}

/** A long run of nodes that are left out is told to one agent; it needs not know of all. */
const mostPassedOver = 8;

/** One order of nodes, and where each stands in it; those that are left out are not in it. */
interface Ring {
  readonly order: Int32Array;
  /** By node; -1 for those that are not in it. */
  readonly at: Int32Array;
  /** By position: where the node's own stretch (its zone, or everything) begins and ends. */
  readonly start: Int32Array;
  readonly end: Int32Array;
}

/**
 * @param targets K: targets besides the own node; fewer where there are not so many.
 * Throws a RangeError for more than two million nodes, or when two have one name.
 */
export function assign(unsorted: readonly MeshNode[], targets: number): Assignment {
  const nodes = unsorted.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const indexOf = new Map(nodes.map(({ name }, index) => [name, index]));
  if (nodes.length > mostNodes || indexOf.size < nodes.length) {
    throw new RangeError('a plan takes at most two million nodes, each once');
  }
  const hashes = Uint32Array.from(nodes, ({ name }) => hashName(name));
  const everybody = [Int32Array.from(nodes.keys())];
  const zones = membersByZone(nodes);
  const inZone = Math.floor(targets / 2);
  const passedOver: number[][] = nodes.map(() => []);
  const rings: Ring[] = [];
  for (let ring = 0; ring < targets; ring++) {
    const stretches = ring < targets - inZone ? everybody : zones;
    const orders = stretches.map((members) => ringOrder(members, hashes, ring));
    for (const order of orders) notePassedOver(order, nodes, passedOver);
    rings.push(makeRing(orders, nodes));
  }
  const planned = nodes.filter(({ leftOut }) => leftOut === null).length;
  const most = Math.max(0, Math.min(targets, planned - 1));
  return {
    nodes,
    indexOf,
    targets: nodes.map(({ leftOut }, node) =>
      leftOut === null ? takeTargets(node, rings, most) : new Int32Array(0),
    ),
    passedOver,
  };
}

function membersByZone(nodes: readonly MeshNode[]): Int32Array[] {
  const members = new Map<string, number[]>();
  nodes.forEach(({ zone }, index) => {
    const some = members.get(zone);
    if (some === undefined) members.set(zone, [index]);
    else some.push(index);
  });
  return [...members.values()].map((some) => Int32Array.from(some));
}

function makeRing(orders: readonly Int32Array[], nodes: readonly MeshNode[]): Ring {
  const order: number[] = [];
  const start: number[] = [];
  const end: number[] = [];
  const at = new Int32Array(nodes.length).fill(-1);
  for (const stretch of orders) {
    const from = order.length;
    for (const node of stretch) {
      if (nodes[node]?.leftOut !== null) continue;
      at[node] = order.length;
      order.push(node);
      start.push(from);
    }
    end.push(...Array.from({ length: order.length - from }, () => order.length));
  }
  return {
    order: Int32Array.from(order),
    at,
    start: Int32Array.from(start),
    end: Int32Array.from(end),
  };
}

/** The agent in front of a node that is left out has lost it as a target, and learns why. */
function notePassedOver(order: Int32Array, nodes: readonly MeshNode[], passedOver: number[][]): void {
  const isOut = (node: number) => nodes[node]?.leftOut !== null;
  const first = order.findIndex((node) => !isOut(node));
  if (first === -1) return;
  let agent = order[first] ?? 0;
  for (let step = 1; step < order.length; step++) {
    const node = order[(first + step) % order.length] ?? 0;
    if (!isOut(node)) agent = node;
    else {
      const noted = passedOver[agent];
      if (noted !== undefined && noted.length < mostPassedOver && !noted.includes(node)) noted.push(node);
    }
  }
}

function takeTargets(node: number, rings: readonly Ring[], most: number): Int32Array {
  const taken: number[] = [];
  for (const ring of rings) {
    if (taken.length === most) break;
    takeNext(node, ring, taken);
  }
  // A zone with few nodes has too few successors: the rest comes from the rings of the whole cluster, which come first.
  for (let ring = 0; taken.length < most; ring = (ring + 1) % rings.length) {
    const next = rings[ring];
    if (next === undefined) break;
    takeNext(node, next, taken);
  }
  return Int32Array.from(taken).sort();
}

/** Takes the first successor that is not taken yet, if there is one. */
function takeNext(node: number, { order, at, start, end }: Ring, taken: number[]): void {
  const own = at[node] ?? 0;
  const from = start[own] ?? 0;
  const length = (end[own] ?? 0) - from;
  for (let step = 1; step < length; step++) {
    const next = order[from + ((own - from + step) % length)] ?? 0;
    if (!taken.includes(next)) {
      taken.push(next);
      return;
    }
  }
}
