// Puts the experiment into the cluster, in the order that keeps its first moments clean, and makes sure that it landed where it must.
import { missingSentence } from '../model/missing-witness.ts';
import { Problem } from '../model/problem.ts';
import type { Kubectl } from '../system/tools/kubectl.ts';
import { applyObjects } from './apply-objects.ts';
import { awaitRollout } from './await-rollout.ts';
import type { Deadlines } from './deadline.ts';
import {
  clientObjects,
  ownedBy,
  serverObjects,
  startName,
  startObject,
  type ExperimentShape,
  type KubeObject,
} from './experiment-objects.ts';
import { clientComponents } from './names.ts';
import { observerNamespace, observerObjects } from './observer-objects.ts';
import { observerWitnesses, type ObserverWitnesses } from './observer-witnesses.ts';
import { assessPlacement, type Placement } from './placement.ts';
import type { PodView } from './pod-view.ts';

export interface DeployOptions {
  /** The path of the file of that name in which what was applied is kept. */
  readonly keptAs: (name: string) => string;
  readonly rolloutTimeoutMs: number;
  readonly onStage: (text: string) => void;
  /** Something that the user wants to know, and that the run goes on without. */
  readonly onNote: (sentence: string) => void;
  readonly deadlines: Deadlines;
  readonly signal: AbortSignal;
}

type RunShape = ExperimentShape & { readonly runId: string };

/**
 * The run's objects, put into kubectl's namespace step by step. Each step throws a `missing` Problem when the cluster refuses, or when
 * the pods do not become what they must in time.
 */
export interface DeploySteps {
  /** The server, ready. */
  server(): Promise<void>;
  /** Both clients, ready, or held on their nodes; throws also when they are not where they must be. */
  clients(): Promise<Extract<Placement, { fits: true }>>;
  /** Lets clients that are held start, and waits until they are ready. */
  start(): Promise<void>;
}

/** Server first, then the clients, which would be refused without it. */
export async function deployExperiment(
  kubectl: Kubectl,
  shape: RunShape,
  options: DeployOptions,
): Promise<DeploySteps> {
  const { keptAs, onStage } = options;
  const wait = { ...waitOf(shape, shape.image, options), gate: startName(shape) };
  const all = ['server', ...clientComponents].map((component) => ({ component, count: 1 }));
  const owner = await options.deadlines.ownerIn();
  return {
    async server() {
      onStage('creating the server');
      await applyObjects(kubectl, ownedBy(owner, serverObjects(shape)), keptAs('applied-server.json'));
      await awaitRollout(kubectl, { ...wait, wanted: [{ component: 'server', count: 1 }] });
    },
    async clients() {
      onStage('creating the clients');
      await applyObjects(kubectl, ownedBy(owner, clientObjects(shape)), keptAs('applied-clients.json'));
      const untilHeld = shape.held === true;
      const placement = assessPlacement(await awaitRollout(kubectl, { ...wait, wanted: all, untilHeld }));
      if (!placement.fits) {
        throw new Problem(
          'missing',
          `The pods are not where the experiment needs them: ${placement.sentence}; it needs two nodes.`,
        );
      }
      return placement;
    },
    async start() {
      onStage('starting the clients');
      await applyObjects(kubectl, ownedBy(owner, [startObject(shape)]), keptAs('applied-start.json'));
      await awaitRollout(kubectl, { ...wait, wanted: all });
    },
  };
}

/**
 * Starts observers on the nodes and resolves once they listen, with their pods and with what does not run there, which is said.
 * Throws a `missing` Problem as deployExperiment does.
 */
export async function deployObservers(
  kubectl: Kubectl,
  shape: { readonly runId: string; readonly image: string; readonly nodes: readonly string[] },
  options: DeployOptions,
): Promise<{ readonly pods: readonly PodView[]; readonly witnesses: ObserverWitnesses }> {
  const { keptAs, onStage, onNote, rolloutTimeoutMs, signal } = options;
  onStage('creating the observers');
  const namespace = observerNamespace(shape);
  const objects = observerObjects(shape);
  const [around, inside] = [objects.filter(isNamespace), objects.filter((one) => !isNamespace(one))];
  await applyObjects(kubectl, around, keptAs('applied-namespace.json'));
  const owner = await options.deadlines.ownerIn(namespace);
  await applyObjects(kubectl, ownedBy(owner, inside), keptAs('applied-observers.json'), namespace);
  const pods = await awaitRollout(kubectl, {
    ...waitOf(shape, shape.image, options),
    namespace,
    wanted: [{ component: 'observer', count: shape.nodes.length }],
  });
  onStage('waiting until the observers listen');
  // Not ended by the signal: who ends it early keeps what there is.
  const witnesses = await observerWitnesses(
    kubectl.withSignal(undefined),
    { namespace, observers: pods },
    { atMostMs: rolloutTimeoutMs, signal },
  );
  for (const missing of witnesses.missing) onNote(missingSentence(missing));
  for (const { node, text } of witnesses.dataplanes) onNote(`${node}, by its rules: ${text}`);
  return { pods, witnesses };
}

const isNamespace = ({ kind }: KubeObject): boolean => kind === 'Namespace';

function waitOf({ runId }: { readonly runId: string }, image: string, options: DeployOptions) {
  return {
    runId,
    image,
    timeoutMs: options.rolloutTimeoutMs,
    onWait: (sentence: string) => options.onStage(`waiting for ${sentence}`),
    signal: options.signal,
  };
}
