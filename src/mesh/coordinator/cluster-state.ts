// What the API said of nodes and of the servers' endpoints, reduced to what a plan needs: a node's other kilobytes are not kept.
import type { LeftOutReason } from '../../model/mesh-plan.ts';
import { readNode, readSlice, zoneLabel } from '../../kubernetes/kept-fields.ts';
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
  /** Takes all nodes, or one more or less. Throws when the object is no Node. */
  readonly nodes: ObjectIntake;
  readonly slices: ObjectIntake;
  /** Nodes of the cluster, and those that went away within the last while. */
  view(): MeshNode[];
}

export interface ObjectIntake {
  /** What the API lists; all that is not in it is gone. */
  reset(objects: readonly unknown[]): void;
  /** True when it changes what a plan is made of: of the API's events most are a node's heartbeats, which do not. */
  put(object: unknown): boolean;
  remove(object: unknown): void;
}

/** An agent's failure may come this long before it hears that the node is gone, and asks then. */
const rememberGoneMs = 10 * 60_000;
/** What the cluster autoscaler, and Karpenter, mark a node with before they take it away. */
const deletingTaints = [
  'ToBeDeletedByClusterAutoscaler',
  'karpenter.sh/disrupted',
  'node.kubernetes.io/out-of-service',
];

/** @param nowMs Monotonic milliseconds. */
export function createClusterState(nowMs: () => number): ClusterState {
  const nodes = new Map<string, NodeFacts>();
  const gone = new Map<string, { readonly facts: NodeFacts; readonly atMs: number }>();
  const slices = new Map<string, readonly EndpointFacts[]>();

  function putFacts(facts: NodeFacts): void {
    gone.delete(facts.name);
    nodes.set(facts.name, facts);
  }

  function removeNode(name: string): void {
    const facts = nodes.get(name);
    if (facts === undefined) return;
    nodes.delete(name);
    gone.set(name, { facts: { ...facts, leftOut: 'node-deleting' }, atMs: nowMs() });
  }

  return {
    nodes: {
      reset(objects) {
        const all = objects.map(nodeFacts);
        const names = new Set(all.map(({ name }) => name));
        for (const facts of all) putFacts(facts);
        for (const name of [...nodes.keys()]) if (!names.has(name)) removeNode(name);
      },
      put(object) {
        const facts = nodeFacts(object);
        const before = nodes.get(facts.name);
        putFacts(facts);
        return before === undefined || before.zone !== facts.zone || before.leftOut !== facts.leftOut;
      },
      remove: (object) => removeNode(readNode(object).metadata.name),
    },
    slices: {
      reset(objects) {
        slices.clear();
        for (const object of objects) slices.set(...endpointFacts(object));
      },
      put(object) {
        slices.set(...endpointFacts(object));
        return true;
      },
      remove: (object) => void slices.delete(readSlice(object).metadata.name),
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

function nodeFacts(object: unknown): NodeFacts {
  const { metadata, spec, status } = readNode(object);
  const ready = status.conditions.some((one) => one.type === 'Ready' && one.status === 'True');
  const deleting =
    metadata.deletionTimestamp !== null || spec.taints.some(({ key }) => deletingTaints.includes(key));
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

function endpointFacts(object: unknown): [slice: string, endpoints: EndpointFacts[]] {
  const { metadata, ports, endpoints } = readSlice(object);
  const port = ports.find((one) => one.port !== null)?.port;
  const facts = endpoints.flatMap(({ addresses, nodeName, conditions }): EndpointFacts[] => {
    const address = addresses[0];
    if (nodeName === null || address === undefined || typeof port !== 'number') return [];
    // The API's documentation: a condition that is not stated is to be read as ready.
    const ready = conditions.ready ?? true;
    const state = conditions.terminating === true ? 'terminating' : ready ? 'ready' : 'not-ready';
    return [{ node: nodeName, address, port, state }];
  });
  return [metadata.name, facts];
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
