// What the API said of nodes and of the servers' endpoints, reduced to what a plan needs: a node's other kilobytes are not kept.
import type { LeftOutReason } from '../../model/mesh-plan.ts';
import { readNode, readSlice, zoneLabel, type SliceObject } from '../../kubernetes/kept-fields.ts';
import type { MeshNode } from '../plan/mesh-node.ts';

interface NodeFacts {
  readonly name: string;
  readonly zone: string;
  readonly leftOut: LeftOutReason | null;
}

interface EndpointFacts {
  readonly node: string;
  readonly address: string;
  readonly port: number;
  readonly state: 'ready' | 'not-ready' | 'terminating';
}

export interface ClusterState {
  /** Each throws when an object is none of its kind, or when that is more than `most`; passes over what no cluster can have. */
  readonly nodes: ObjectIntake;
  readonly slices: ObjectIntake;
  /** Nodes of the cluster, and those that went away within the last while. */
  view(): MeshNode[];
}

export interface ObjectIntake {
  /** So much is taken in all, as `sizeOf` counts. */
  readonly most: number;
  /** Of a node 1, of a slice its endpoints, and 1. */
  sizeOf(object: unknown): number;
  /** What the API lists; all that is not in it is gone. */
  reset(objects: readonly unknown[]): void;
  /** True when it changes what a plan is made of: of the API's events most are a node's heartbeats, which do not. */
  put(object: unknown): boolean;
  remove(object: unknown): void;
}

/** An agent's failure may come this long before it hears that the node is gone, and asks then. */
const rememberGoneMs = 10 * 60_000;
/**
 * Nodes, or endpoints: four times what Kubernetes is said to support. So many still go into the coordinator's memory, and into a plan that is
 * made within a second, while nobody's question for its health is answered.
 */
const mostTaken = 20_000;

/**
 * @param nowMs Monotonic milliseconds.
 * @param most Nodes; and endpoints with their slices.
 */
export function createClusterState(nowMs: () => number, most = mostTaken): ClusterState {
  const nodes = new Map<string, NodeFacts>();
  const gone = new Map<string, { readonly facts: NodeFacts; readonly atMs: number }>();
  const slices = new Map<string, readonly EndpointFacts[]>();
  let endpointCount = 0;

  function putFacts(facts: NodeFacts): void {
    if (nodes.size >= most && !nodes.has(facts.name)) throw tooMany('nodes', most);
    gone.delete(facts.name);
    nodes.set(facts.name, facts);
  }

  function removeNode(name: string): void {
    const facts = nodes.get(name);
    if (facts === undefined) return;
    nodes.delete(name);
    gone.set(name, { facts: { ...facts, leftOut: 'node-deleting' }, atMs: nowMs() });
    // Of names that come and go without end the youngest are remembered.
    const [oldest] = gone.keys();
    if (gone.size > most && oldest !== undefined) gone.delete(oldest);
  }

  function removeSlice(name: string): void {
    endpointCount -= slices.get(name)?.length ?? 0;
    slices.delete(name);
  }

  function putSlice(object: unknown): boolean {
    const slice = readSlice(object);
    if (slice === null) return false;
    const { name } = slice.metadata;
    const facts = endpointFacts(slice);
    removeSlice(name);
    if (endpointCount + facts.length + slices.size + 1 > most) throw tooMany('endpoints', most);
    slices.set(name, facts);
    endpointCount += facts.length;
    return true;
  }

  return {
    nodes: {
      ...{ most, sizeOf: () => 1 },
      reset(objects) {
        const all = objects.flatMap((object) => nodeFacts(object) ?? []);
        const names = new Set(all.map(({ name }) => name));
        for (const name of [...nodes.keys()]) if (!names.has(name)) removeNode(name);
        for (const facts of all) putFacts(facts);
      },
      put(object) {
        const facts = nodeFacts(object);
        if (facts === null) return false;
        const before = nodes.get(facts.name);
        putFacts(facts);
        return before === undefined || before.zone !== facts.zone || before.leftOut !== facts.leftOut;
      },
      remove(object) {
        const node = readNode(object);
        if (node !== null) removeNode(node.metadata.name);
      },
    },
    slices: {
      ...{ most, sizeOf: (object) => 1 + (readSlice(object)?.endpoints.length ?? 0) },
      reset(objects) {
        slices.clear();
        endpointCount = 0;
        for (const object of objects) putSlice(object);
      },
      put: putSlice,
      remove(object) {
        const slice = readSlice(object);
        if (slice !== null) removeSlice(slice.metadata.name);
      },
    },
    view() {
      for (const [name, { atMs }] of gone) if (nowMs() - atMs > rememberGoneMs) gone.delete(name);
      const endpoints = bestByNode([...slices.values()].flat());
      return [...nodes.values(), ...[...gone.values()].map(({ facts }) => facts)].map((facts) =>
        meshNode(facts, endpoints.get(facts.name)),
      );
    },
  };
}

const tooMany = (what: string, most: number) => new RangeError(`it tells of more than ${most} ${what}`);

function nodeFacts(object: unknown): NodeFacts | null {
  const node = readNode(object);
  if (node === null) return null;
  const { metadata, spec, status } = node;
  const ready = status.conditions.some((one) => one.status === 'True');
  const deleting = metadata.deletionTimestamp !== null || spec.taints.length > 0;
  return {
    name: metadata.name,
    zone: metadata.labels[zoneLabel] ?? '',
    leftOut: deleting
      ? 'node-deleting'
      : !ready
        ? 'node-not-ready'
        : spec.unschedulable
          ? 'node-cordoned'
          : null,
  };
}

function endpointFacts({ ports: [first], endpoints }: SliceObject): EndpointFacts[] {
  if (first === undefined) return [];
  const { port } = first;
  return endpoints.flatMap(({ addresses: [address], nodeName, conditions }): EndpointFacts[] => {
    if (address === undefined) return [];
    // The API's documentation: a condition that is not stated is to be read as ready.
    const ready = conditions.ready ?? true;
    const state = conditions.terminating === true ? 'terminating' : ready ? 'ready' : 'not-ready';
    return [{ node: nodeName, address, port, state }];
  });
}

const rank = { ready: 0, 'not-ready': 1, terminating: 2 };

/** While a pod is replaced a node has two endpoints: the one that can be used is the one that counts. */
function bestByNode(endpoints: readonly EndpointFacts[]): Map<string, EndpointFacts> {
  const best = new Map<string, EndpointFacts>();
  for (const endpoint of endpoints) {
    const other = best.get(endpoint.node);
    const difference = other === undefined ? -1 : rank[endpoint.state] - rank[other.state];
    // Of two alike, the same one in every replica.
    if (difference < 0 || (difference === 0 && endpoint.address < (other?.address ?? ''))) {
      best.set(endpoint.node, endpoint);
    }
  }
  return best;
}

function meshNode({ name, zone, leftOut }: NodeFacts, endpoint: EndpointFacts | undefined): MeshNode {
  return {
    name,
    zone,
    leftOut: leftOut ?? reasonOf(endpoint),
    doubt: null,
    address: endpoint?.address ?? null,
    port: endpoint?.port ?? 0,
  };
}

function reasonOf(endpoint: EndpointFacts | undefined): LeftOutReason | null {
  if (endpoint === undefined || endpoint.state === 'terminating') return 'target-deleted';
  return endpoint.state === 'ready' ? null : 'target-not-ready';
}
