// Waits until the pods of a run are ready, and says what it waits for; ends early when they never will be.
import { Problem } from '../model/problem.ts';
import { pause } from '../system/kubectl.ts';
import type { Kubectl } from '../system/kubectl.ts';
import { readRunPods } from './look.ts';
import { ofRun } from './names.ts';
import type { PodView } from './pod-view.ts';
import { judgeRollout, readCreationFailure } from './rollout.ts';

export interface RolloutWait {
  readonly runId: string;
  readonly image: string;
  readonly wanted: readonly { readonly component: string; readonly count: number }[];
  readonly timeoutMs: number;
  /** Called when what is waited for changes. */
  readonly onWait: (sentence: string) => void;
  /** Ends the wait with an `interrupted` Problem. */
  readonly signal: AbortSignal;
}

/** Resolves with the pods. Throws a `missing` Problem with the cluster's own reason when they do not become ready in time. */
export async function awaitRollout(kubectl: Kubectl, wait: RolloutWait): Promise<PodView[]> {
  const deadline = performance.now() + wait.timeoutMs;
  let said = '';
  for (;;) {
    const pods = await readRunPods(kubectl, ofRun(wait.runId));
    const controllers = await kubectl.json(['get', 'deployments', `--selector=${ofRun(wait.runId)}`]);
    const rollout = judgeRollout(wait.wanted, pods, readCreationFailure(controllers), wait.image);
    if (rollout.state === 'ready') return pods;
    if (rollout.state === 'hopeless') throw rollout.problem;
    if (rollout.sentence !== said) wait.onWait((said = rollout.sentence));
    if (performance.now() > deadline) {
      const seconds = Math.round(wait.timeoutMs / 1_000);
      throw new Problem('missing', `The pods were not ready within ${seconds} s (--rollout-timeout): ${rollout.sentence}.`);
    }
    await pause(500, wait.signal);
  }
}
