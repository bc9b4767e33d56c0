// One observer of `cluster watch`: its Job is made, its pod awaited, and what keeps it from starting is said in one sentence.
import { Problem } from '../model/problem.ts';
import { z } from '../model/schema.ts';
import { pause } from '../system/pause.ts';
import type { Kubectl } from '../system/tools/kubectl.ts';
import { runLabel } from './names.ts';
import { readPods, type PodView } from './pod-view.ts';
import { imageTroubles, startTroubles } from './rollout.ts';
import { attemptLabel, watchObserverJob, type WatchObserver } from './watch-objects.ts';

export interface ObserverPodOptions {
  readonly kubectl: Kubectl;
  /** Where its pod goes. */
  readonly namespace: string;
  /** Which of the run's observers it is. */
  readonly place: string;
  readonly timeoutMs: number;
  /** Where the image was named: for the sentence that says that it cannot be pulled. */
  readonly imageFrom: string;
  readonly signal: AbortSignal;
}

/**
 * Makes it and resolves with the pod's name when it runs. Throws a `missing` Problem with the cluster's reason when it does not in time.
 */
export async function startObserverPod(
  observer: WatchObserver,
  options: ObserverPodOptions,
): Promise<string> {
  const { kubectl, namespace, place, timeoutMs, signal } = options;
  const job = watchObserverJob(observer, place);
  await create(kubectl, namespace, job);
  const deadline = performance.now() + timeoutMs;
  const selector = `${runLabel}=${observer.runId},${attemptLabel}=${place}`;
  for (;;) {
    const answer = await kubectl.ask(
      ['get', 'pods', `--namespace=${namespace}`, `--selector=${selector}`, '--output=json'],
      { attempts: 1 },
    );
    if (!answer.ok && answer.failure.kind === 'forbidden')
      throw new Problem('missing', answer.failure.sentence);
    const [pod] = answer.ok ? readPods(JSON.parse(answer.stdout)) : [];
    if (pod?.phase === 'Running' && pod.ready) return pod.name;
    const trouble = pod === undefined ? null : troubleOf(pod, observer, options.imageFrom);
    if (trouble !== null) throw new Problem('missing', trouble);
    if (performance.now() > deadline) {
      const why = await whyLate(kubectl, namespace, job.metadata.name, pod);
      throw new Problem('missing', `The observer on node ${observer.node} did not start in time: ${why}`);
    }
    await pause(300, signal);
    if (signal.aborted) throw new Problem('interrupted', 'interrupted.');
  }
}

async function create(kubectl: Kubectl, namespace: string, job: object): Promise<void> {
  const answer = await kubectl.withInput(
    [
      'apply',
      '--server-side',
      '--field-manager=netdebug',
      '--validate=false',
      `--namespace=${namespace}`,
      '-f',
      '-',
    ],
    JSON.stringify(job),
  );
  if (!answer.ok) throw new Problem('missing', answer.failure.sentence);
}

/** Null for a pod that may still start. */
function troubleOf(pod: PodView, { image, node }: WatchObserver, imageFrom: string): string | null {
  const { waiting, phase, lastExit } = pod;
  if (waiting !== null && imageTroubles.includes(waiting.reason))
    return `Node ${node} cannot pull the image ${image} (${imageFrom}): ${waiting.message || waiting.reason} Push it where the cluster can reach it, and name it with --image or NETDEBUG_IMAGE, or use a release that names its own.`;
  if (waiting !== null && startTroubles.includes(waiting.reason))
    return `The observer on node ${node} does not start: is ${image} the image "observer" of netdebug? (${waiting.reason}: ${lastExit ?? waiting.message})`;
  if (phase === 'Failed' || phase === 'Succeeded')
    return `The observer on node ${node} ended at once: ${lastExit ?? phase}.`;
  return null;
}

const eventsSchema = z.object({
  items: z.array(z.object({ message: z.string().default(''), reason: z.string().default('') })),
});

/** A Job whose pod is refused says so in an Event alone. */
async function whyLate(
  kubectl: Kubectl,
  namespace: string,
  job: string,
  pod: PodView | undefined,
): Promise<string> {
  if (pod !== undefined)
    return `pod ${pod.name} is ${pod.phase}${pod.waiting === null ? '' : `: ${pod.waiting.reason} ${pod.waiting.message}`}.`;
  const answer = await kubectl.ask(
    [
      'get',
      'events',
      `--namespace=${namespace}`,
      `--field-selector=involvedObject.name=${job}`,
      '--output=json',
    ],
    { attempts: 1 },
  );
  const last = answer.ok ? eventsSchema.parse(JSON.parse(answer.stdout)).items.at(-1) : undefined;
  if (last === undefined) return 'no pod was made.';
  const advice = last.message.includes('violates PodSecurity')
    ? ' Choose a namespace that admits privileged pods with --observer-namespace.'
    : '';
  return `${last.message}.${advice}`;
}

/** Removes all observers of a run, and resolves when nothing is left of them. Throws a `missing` Problem where something stays. */
export async function removeObservers(
  kubectl: Kubectl,
  { namespace, runId, timeoutMs }: { namespace: string; runId: string; timeoutMs: number },
): Promise<void> {
  const selected = [`--namespace=${namespace}`, `--selector=${runLabel}=${runId}`];
  const deadline = performance.now() + timeoutMs;
  for (let pauseMs = 200; ; pauseMs = Math.min(2_000, pauseMs * 2)) {
    const removed = await kubectl.ask(['delete', 'jobs', ...selected, '--ignore-not-found', '--wait=false'], {
      attempts: 1,
    });
    const answer = await kubectl.ask(['get', 'jobs,pods', ...selected, '--output=name'], { attempts: 1 });
    if (removed.ok && answer.ok && answer.stdout.trim() === '') return;
    if (performance.now() > deadline) {
      const what = answer.ok ? answer.stdout.trim().split('\n').join(', ') : answer.failure.sentence;
      throw new Problem(
        'missing',
        `What was started may still be there (${what}); it ends by itself within a minute, or at once by: ${kubectl.shown(['delete', 'jobs', ...selected])}`,
      );
    }
    await pause(pauseMs);
  }
}
