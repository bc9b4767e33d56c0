// From what the cluster says of our pods to: ready, wait on, or hopeless for this reason.
import { z } from '../model/schema.ts';
import { Problem } from '../model/problem.ts';
import type { PodView } from './pod-view.ts';

export type Rollout =
  | { readonly state: 'ready' }
  | { readonly state: 'waiting'; readonly sentence: string }
  | { readonly state: 'hopeless'; readonly problem: Problem };

// ErrImagePull is not among them: it is the first try, and BackOff the verdict after it.
export const imageTroubles = [
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
];
export const startTroubles = [
  'CrashLoopBackOff',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
];

const controllerSchema = z.object({
  items: z.array(
    z.object({
      status: z
        .object({
          conditions: z
            .array(z.object({ type: z.string(), status: z.string(), message: z.string().default('') }))
            .default([]),
        })
        .prefault({}),
    }),
  ),
});

/** Why a Deployment cannot make its pods, from `kubectl get deployments -o json`; null when it can. */
export function readCreationFailure(json: unknown): string | null {
  const conditions = controllerSchema.parse(json).items.flatMap((item) => item.status.conditions);
  return conditions.find((one) => one.type === 'ReplicaFailure' && one.status === 'True')?.message ?? null;
}

export interface WantedRollout {
  readonly wanted: readonly { readonly component: string; readonly count: number }[];
  readonly image: string;
  /** The ConfigMap that pods may wait for before they start. */
  readonly gate?: string;
  /** Pods that wait for it are as good as ready ones. */
  readonly untilHeld?: boolean;
}

/** Judges the pods: so many of each component must be ready. */
export function assessRollout(
  { wanted, image, gate, untilHeld = false }: WantedRollout,
  pods: readonly PodView[],
  creationFailure: string | null,
): Rollout {
  const hopeless = (message: string): Rollout => ({
    state: 'hopeless',
    problem: new Problem('missing', message),
  });
  if (creationFailure !== null) return hopeless(creationSentence(creationFailure));
  const living = pods.filter((pod) => !pod.deleting);
  for (const pod of living) {
    const { waiting } = pod;
    if (waiting !== null && imageTroubles.includes(waiting.reason)) {
      return hopeless(
        `The image ${image} cannot be pulled on node ${pod.node ?? '?'}; push it where the cluster can reach it and name it with --image (${waiting.reason}: ${waiting.message}).`,
      );
    }
    if (waiting !== null && startTroubles.includes(waiting.reason) && !isHeld(pod, gate) && !isSlow(pod)) {
      const why = pod.lastExit ?? waiting.message;
      return hopeless(
        `Pod ${pod.name} does not start: is ${image} an image of netdebug? (${waiting.reason}: ${why})`,
      );
    }
  }
  const late = wanted.flatMap(({ component, count }) => {
    const own = living.filter((pod) => pod.component === component);
    const ready = own.filter((pod) => pod.ready || (untilHeld && isHeld(pod, gate))).length;
    return ready >= count ? [] : [`${component}: ${waitSentence(own, gate)}`];
  });
  return late.length === 0 ? { state: 'ready' } : { state: 'waiting', sentence: late.join('; ') };
}

/** The kubelet's words: configmap "NAME" not found. */
function isHeld({ waiting }: PodView, gate: string | undefined): boolean {
  return (
    gate !== undefined &&
    waiting?.reason === 'CreateContainerConfigError' &&
    waiting.message.includes(`"${gate}" not found`)
  );
}

/** A kubelet that has not yet heard of a ConfigMap, whether it is there or not; it asks again. */
function isSlow({ waiting }: PodView): boolean {
  return waiting?.message.includes('failed to sync configmap cache') === true;
}

function waitSentence(pods: readonly PodView[], gate: string | undefined): string {
  const pod = pods.find((one) => !one.ready);
  if (pod === undefined) return 'no pod yet';
  if (pod.unschedulable !== null) return `no node takes pod ${pod.name}: ${pod.unschedulable}`;
  if (isHeld(pod, gate)) return 'its kubelet looks again every 10 to 15 s whether it may start';
  if (pod.waiting !== null) return `${pod.waiting.reason} ${pod.waiting.message}`.trim();
  return pod.node === null ? 'waiting for a node' : `${pod.phase} on ${pod.node}, not ready`;
}

function creationSentence(message: string): string {
  if (message.includes('exceeded quota')) {
    return `A quota of the namespace leaves no room for the pods; raise it, or use --namespace (${message}).`;
  }
  if (message.includes('violates PodSecurity')) {
    return `Pod Security refuses the pods; use a namespace that admits them with --namespace (${message}).`;
  }
  return `The cluster refuses to create the pods (${message}).`;
}
