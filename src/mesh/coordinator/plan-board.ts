// Holds the plan that is in force, hands out each agent's part, and wakes those that wait for theirs to change.
import type { MeshNodeState, MeshPlan } from '../../model/mesh-plan.ts';
import { contentHash } from '../content-hash.ts';
import { assign, type Assignment } from '../plan/assign.ts';
import type { MeshNode } from '../plan/mesh-node.ts';
import { planOfNode, type ServiceAddresses } from '../plan/node-plan.ts';

export interface PlanBoard {
  /** Computes the plan anew. */
  update(nodes: readonly MeshNode[]): void;
  /** Null before the first update. */
  assignment(): Assignment | null;
  /** Another number with each update. */
  version(): number;
  /** Undefined for a node that is not in the cluster. */
  planOf(node: string): MeshPlan | undefined;
  stateOf(node: string): MeshNodeState | undefined;
  /** Seconds since the last update that changed anything; null before the first. */
  ageSeconds(): number | null;
  /** Resolves when the node's plan is another than `revision`, or when the signal aborts. */
  changed(node: string, revision: string, signal: AbortSignal): Promise<void>;
}

interface Waiter {
  readonly node: string;
  readonly revision: string;
  wake(): void;
}

/** So many waiting agents' parts are compared at a time, so that a large cluster does not stop the coordinator from answering. */
const batch = 200;

/** @param onPlanned Hears how long each computation took, in seconds. */
export function createPlanBoard(
  targets: number,
  services: ServiceAddresses,
  onPlanned: (seconds: number) => void,
): PlanBoard {
  const waiters = new Set<Waiter>();
  let current: Assignment | null = null;
  let version = 0;
  let changedMs: number | null = null;
  let content = '';
  let parts = new Map<string, MeshPlan>();

  function planOf(node: string): MeshPlan | undefined {
    if (current === null) return undefined;
    const known = parts.get(node);
    if (known !== undefined) return known;
    const part = planOfNode(current, node, services);
    if (part !== undefined) parts.set(node, part);
    return part;
  }

  function wakeSome(pending: readonly Waiter[], from: number, of: Assignment): void {
    // A newer plan has begun its own round.
    if (current !== of) return;
    for (const waiter of pending.slice(from, from + batch)) {
      if (waiters.has(waiter) && planOf(waiter.node)?.revision !== waiter.revision) waiter.wake();
    }
    if (from + batch < pending.length) setImmediate(() => wakeSome(pending, from + batch, of));
  }

  return {
    update(nodes) {
      const startMs = performance.now();
      version += 1;
      current = assign(nodes, targets);
      const now = contentHash(current.nodes);
      if (now !== content) changedMs = startMs;
      content = now;
      parts = new Map();
      onPlanned((performance.now() - startMs) / 1_000);
      wakeSome([...waiters], 0, current);
    },
    assignment: () => current,
    version: () => version,
    planOf,
    ageSeconds: () => (changedMs === null ? null : (performance.now() - changedMs) / 1_000),
    stateOf(name) {
      const index = current?.indexOf.get(name);
      const node = index === undefined ? undefined : current?.nodes[index];
      if (node === undefined) return undefined;
      return { node: node.name, zone: node.zone, leftOut: node.leftOut, doubt: node.doubt };
    },
    changed(node, revision, signal) {
      return new Promise((resolve) => {
        const over = () => {
          waiters.delete(waiter);
          signal.removeEventListener('abort', over);
          resolve();
        };
        const waiter: Waiter = { node, revision, wake: over };
        if (signal.aborted || planOf(node)?.revision !== revision) {
          resolve();
          return;
        }
        waiters.add(waiter);
        signal.addEventListener('abort', over, { once: true });
      });
    },
  };
}
