// The workload that a pod belongs to, by what the pod itself says of its owner: no other object is asked for.

/** As kubernetes-mixin has them in `workload_type` and `workload`, so that series can be joined with others of a cluster. */
export interface Workload {
  /** `deployment`, `statefulset`, `daemonset`, `cronjob`, `job`, `replicaset`, `staticpod`, `barepod`, or an owner's own kind. */
  readonly type: string;
  readonly name: string;
}

/** What of a pod tells it. */
export interface OwnedPod {
  readonly name: string;
  readonly labels: Readonly<Record<string, unknown>>;
  /** The owner that controls it; null where it has none. */
  readonly owner: { readonly kind: string; readonly name: string } | null;
}

/** A CronJob calls its Jobs after itself and the minute since 1970 that they were due: eight digits until 2160. */
const dueMinute = /^(.+)-([0-9]{8})$/;
/** Of 2019, when Jobs were not yet called so; what people put behind a name is a date, and less. */
const firstDueMinute = 26_000_000;

export function workloadOf({ name, labels, owner }: OwnedPod): Workload {
  if (owner === null) return { type: 'barepod', name };
  switch (owner.kind) {
    case 'ReplicaSet': {
      const deployment = withoutHash(owner.name, labels['pod-template-hash']);
      if (deployment !== null) return { type: 'deployment', name: deployment };
      const rollout = withoutHash(owner.name, labels['rollouts-pod-template-hash']);
      if (rollout !== null) return { type: 'rollout', name: rollout };
      return { type: 'replicaset', name: owner.name };
    }
    case 'Job': {
      const [, cronJob = '', minute = ''] = dueMinute.exec(owner.name) ?? [];
      return Number(minute) >= firstDueMinute
        ? { type: 'cronjob', name: cronJob }
        : { type: 'job', name: owner.name };
    }
    case 'Node': {
      // The kubelet calls what it runs by itself after its node, too.
      const suffix = `-${owner.name}`;
      return { type: 'staticpod', name: name.endsWith(suffix) ? name.slice(0, -suffix.length) : name };
    }
    default:
      return { type: owner.kind.toLowerCase(), name: owner.name };
  }
}

/** A ReplicaSet that a controller made is called after the controller and the hash that its pods have as a label. */
function withoutHash(name: string, hash: unknown): string | null {
  if (typeof hash !== 'string' || hash === '' || !name.endsWith(`-${hash}`)) return null;
  return name.slice(0, -hash.length - 1);
}
