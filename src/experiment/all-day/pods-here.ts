// The pods of this node as the Kubernetes API has them, followed while the watch lasts: their UIDs and what workloads they are of.
import { setTimeout as sleep } from 'node:timers/promises';
import { openNodePods, type NodePod } from '../../kubernetes/node-pods.ts';
import type { Transport } from '../../kubernetes/transport.ts';
import { follow, type Following } from '../../mesh/coordinator/follow.ts';
import type { ObjectIntake } from '../../mesh/coordinator/cluster-state.ts';

export interface PodsHere {
  /** By NAMESPACE/NAME; one that is gone is known for a while longer, since what it lost is told later. */
  find(name: string): NodePod | undefined;
  /** Whether the API has told of them once: a pod that is not found then is on another node. */
  readonly isKnown: boolean;
  readonly size: number;
  stop(): Promise<void>;
}

/** A loss is held for a minute, and a correction comes within some more. */
const rememberGoneMs = 10 * 60_000;
/** A node is said to have 110, and may have some hundreds. */
const mostPods = 2_000;
/** Rights that were refused may be given. */
const refusedPauseMs = 300_000;

/** Nobody tells of any. */
export const noPods: PodsHere = {
  ...{ find: () => undefined, isKnown: false, size: 0 },
  stop: () => Promise.resolve(),
};

export interface PodsHereOptions {
  readonly transport: Transport;
  readonly node: string;
  /** Hears when the API fails, and when it is back. */
  readonly log: (message: string) => void;
  /** Monotonic milliseconds. */
  readonly nowMs?: () => number;
}

/** Asks at once, and goes on whatever the API answers. */
export function followPods({
  transport,
  node,
  log,
  nowMs = () => performance.now(),
}: PodsHereOptions): PodsHere {
  const copy = createPodCopy(nowMs);
  const stopping = new AbortController();
  const { signal } = stopping;
  let following: Following | undefined;
  let isSaid = false;
  const listener = {
    changed: () => undefined,
    failed({ message }: Error) {
      if (!isSaid) log(`pods of ${node}: the Kubernetes API does not tell of them: ${message}`);
      isSaid = true;
    },
    recovered() {
      log(`pods of ${node}: the Kubernetes API tells of them again`);
      isSaid = false;
    },
  };
  const running = (async () => {
    while (!signal.aborted) {
      following = follow(openNodePods(transport, node), copy.intake, listener, Math.random);
      // It ends when the rights are refused, and when it is stopped.
      await following.ended.catch(() => undefined);
      await sleep(refusedPauseMs, undefined, { signal }).catch(() => undefined);
    }
  })();
  return {
    find: (name) => copy.find(name),
    get isKnown() {
      return copy.isKnown;
    },
    get size() {
      return copy.size;
    },
    async stop() {
      stopping.abort();
      following?.stop();
      await running;
    },
  };
}

/** What the API told, kept by name. */
export function createPodCopy(nowMs: () => number) {
  const pods = new Map<string, NodePod>();
  /** Oldest first. */
  const gone = new Map<string, { readonly pod: NodePod; readonly atMs: number }>();
  let isKnown = false;

  function remove(name: string): void {
    const pod = pods.get(name);
    if (pod === undefined) return;
    pods.delete(name);
    gone.delete(name);
    gone.set(name, { pod, atMs: nowMs() });
    for (const [oldest, { atMs }] of gone) {
      if (gone.size <= mostPods && nowMs() - atMs <= rememberGoneMs) break;
      gone.delete(oldest);
    }
  }

  const intake: ObjectIntake = {
    ...{ most: mostPods, sizeOf: () => 1 },
    reset(objects) {
      const all = (objects as readonly NodePod[]).map((pod) => [nameOf(pod), pod] as const);
      const names = new Set(all.map(([name]) => name));
      for (const name of [...pods.keys()]) if (!names.has(name)) remove(name);
      for (const [name, pod] of all) pods.set(name, pod);
      isKnown = true;
    },
    put(object) {
      const pod = object as NodePod;
      if (pods.size >= mostPods && !pods.has(nameOf(pod)))
        throw new RangeError(`it tells of more than ${mostPods} pods`);
      gone.delete(nameOf(pod));
      pods.set(nameOf(pod), pod);
      return true;
    },
    remove: (object) => remove(nameOf(object as NodePod)),
  };
  return {
    intake,
    find: (name: string): NodePod | undefined => pods.get(name) ?? gone.get(name)?.pod,
    get isKnown() {
      return isKnown;
    },
    get size() {
      return pods.size;
    },
  };
}

const nameOf = ({ namespace, name }: NodePod) => `${namespace}/${name}`;
