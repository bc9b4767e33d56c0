// Waits until the pods of a run are ready, and says what it waits for; ends early when they never will be.
import { Problem } from '../model/problem.ts';
import { pause } from '../system/pause.ts';
import type { Kubectl } from '../system/tools/kubectl.ts';
import { ofRun } from './names.ts';
import { readPods, type PodView } from './pod-view.ts';
import { assessRollout, readCreationFailure } from './rollout.ts';

export interface RolloutWait {
  readonly runId: string;
  readonly image: string;
  /** Another namespace than kubectl's. */
  readonly namespace?: string;
  readonly wanted: readonly { readonly component: string; readonly count: number }[];
  readonly timeoutMs: number;
  /** The ConfigMap without which the clients' containers do not start. */
  readonly gate?: string;
  /** Pods that wait for the gate alone will do: they have their nodes and their image. */
  readonly untilHeld?: boolean;
  /** Called when what is waited for changes. */
  readonly onWait: (sentence: string) => void;
  /** Ends the wait. */
  readonly signal: AbortSignal;
}

/** Resolves with the pods, ready or, with `untilHeld`, held. Throws a `missing` Problem with the cluster's own reason when they do not become ready in time. */
export async function awaitRollout(kubectl: Kubectl, wait: RolloutWait): Promise<PodView[]> {
  const { namespace, timeoutMs, signal } = wait;
  const here = [
    `--selector=${ofRun(wait.runId)}`,
    ...(namespace === undefined ? [] : [`--namespace=${namespace}`]),
  ];
  const deadline = performance.now() + timeoutMs;
  let said = '';
  for (;;) {
    const [pods, deployments] = await Promise.all([
      kubectl.json(['get', 'pods', ...here]).then(readPods),
      kubectl.json(['get', 'deployments', ...here]),
    ]);
    const rollout = assessRollout(wait, pods, readCreationFailure(deployments));
    if (rollout.state === 'ready') return pods;
    if (rollout.state === 'hopeless') throw rollout.problem;
    if (rollout.sentence !== said) wait.onWait((said = rollout.sentence));
    if (performance.now() > deadline) {
      const seconds = Math.round(timeoutMs / 1_000);
      throw new Problem(
        'missing',
        `The pods were not ready within ${seconds} s (--rollout-timeout): ${rollout.sentence}.`,
      );
    }
    await pause(500, signal);
  }
}
