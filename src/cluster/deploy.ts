// Puts the experiment into the cluster, in the order that keeps its first moments clean, and makes sure that it landed where it must.
import { Problem } from '../model/problem.ts';
import type { Kubectl } from '../system/tools/kubectl.ts';
import { applyObjects } from './apply-objects.ts';
import { awaitRollout } from './await-rollout.ts';
import { clientObjects, serverObjects, type ExperimentShape } from './experiment-objects.ts';
import { clientComponents } from './names.ts';
import { observerNamespace, observerObjects } from './observer-objects.ts';
import { assessPlacement, type Placement } from './placement.ts';
import type { PodView } from './pod-view.ts';

export interface DeployOptions {
  /** The path of the file of that name in which what was applied is kept. */
  readonly keptAs: (name: string) => string;
  readonly rolloutTimeoutMs: number;
  readonly onStage: (text: string) => void;
  readonly signal: AbortSignal;
}

type RunShape = ExperimentShape & { readonly runId: string };

export interface Deployed {
  readonly pods: readonly PodView[];
  readonly placement: Extract<Placement, { fits: true }>;
}

/**
 * Server first, then the clients, which would be refused without it. Throws a `missing` Problem when the cluster refuses, when
 * the pods do not become ready in time, or when they are not where they must be.
 */
export async function deployExperiment(
  kubectl: Kubectl,
  shape: RunShape,
  options: DeployOptions,
): Promise<Deployed> {
  const { keptAs, onStage } = options;
  const wait = waitOf(shape, shape.image, options);
  onStage('creating the server');
  await applyObjects(kubectl, serverObjects(shape), keptAs('applied-server.json'));
  await awaitRollout(kubectl, { ...wait, wanted: [{ component: 'server', count: 1 }] });
  onStage('creating the clients');
  await applyObjects(kubectl, clientObjects(shape), keptAs('applied-clients.json'));
  const wanted = ['server', ...clientComponents].map((component) => ({ component, count: 1 }));
  const pods = await awaitRollout(kubectl, { ...wait, wanted });
  const placement = assessPlacement(pods);
  if (!placement.fits) {
    throw new Problem(
      'missing',
      `The pods are not where the experiment needs them: ${placement.sentence}; it needs two nodes.`,
    );
  }
  return { pods, placement };
}

/** Starts observers on the nodes and resolves with their pods. Throws a `missing` Problem as deployExperiment does. */
export async function deployObservers(
  kubectl: Kubectl,
  shape: { readonly runId: string; readonly image: string; readonly nodes: readonly string[] },
  options: DeployOptions,
): Promise<readonly PodView[]> {
  options.onStage('creating the observers');
  const namespace = observerNamespace(shape);
  const file = options.keptAs('applied-observers.json');
  await applyObjects(kubectl, observerObjects(shape), file, namespace);
  return await awaitRollout(kubectl, {
    ...waitOf(shape, shape.image, options),
    namespace,
    wanted: [{ component: 'observer', count: shape.nodes.length }],
  });
}

function waitOf({ runId }: { readonly runId: string }, image: string, options: DeployOptions) {
  return {
    runId,
    image,
    timeoutMs: options.rolloutTimeoutMs,
    onWait: (sentence: string) => options.onStage(`waiting for ${sentence}`),
    signal: options.signal,
  };
}
