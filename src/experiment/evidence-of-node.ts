// Evidence of one node on demand: the observer onto the node, its folder here, and everything away again.
import { collectEvidence } from '../cluster/collect-evidence.ts';
import { createDeadlines } from '../cluster/deadline.ts';
import { deployObservers } from '../cluster/deploy.ts';
import { removeLeftBehind } from '../cluster/left-behind.ts';
import { ofRun } from '../cluster/names.ts';
import { observerNamespace } from '../cluster/observer-objects.ts';
import type { ReachedCluster } from '../cluster/reach-cluster.ts';
import { formatDuration } from '../model/duration.ts';
import { Problem } from '../model/problem.ts';
import { discardUnrecorded } from '../run-folder/discard-unrecorded.ts';
import { evidenceFile, nodeFolder } from '../run-folder/layout.ts';
import { makeEvidenceFolder } from '../run-folder/make-folder.ts';
import { pause } from '../system/pause.ts';
import type { Kubectl } from '../system/tools/kubectl.ts';

export interface NodeEvidenceSpec {
  readonly runId: string;
  readonly node: string;
  readonly image: string;
  readonly durationMs: number;
  readonly rolloutTimeoutMs: number;
  /** The run's folder, which is made when the node is there. */
  readonly folder: string;
}

/** Throws a Problem when the cluster refuses; what was made is removed however it ends. Abort ends the observing early. */
export async function collectNodeEvidence(
  { kubectl, context }: ReachedCluster,
  spec: NodeEvidenceSpec,
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const { runId, node, image, durationMs, rolloutTimeoutMs, folder } = spec;
  await requireNode(kubectl, node);
  const made = await makeEvidenceFolder(folder);
  say(`Observing ${node} of context ${context} for ${formatDuration(durationMs)}, as run ${runId}`);
  const patient = kubectl.withSignal(undefined);
  const keptAs = (name: string) => evidenceFile(folder, name);
  const deadlines = createDeadlines(kubectl, { runId, image, keptAs, onNote: say });
  try {
    const { pods } = await deployObservers(
      kubectl,
      { runId, image, nodes: [node] },
      { keptAs, rolloutTimeoutMs, onStage: say, onNote: say, deadlines, signal },
    );
    say(`observing; Ctrl-C ends it early`);
    await pause(durationMs, signal);
    say(`copying the evidence${signal.aborted ? '; Ctrl-C again ends this at once, and loses it' : ''}`);
    const source = { namespace: observerNamespace({ runId }), observers: pods };
    await collectEvidence(patient, source, { folder, nodeFolder }, say);
  } finally {
    await discardUnrecorded(folder, made);
    await deadlines.stop();
    say(`Removing what run ${runId} created …`);
    await removeLeftBehind(patient, { selector: ofRun(runId), namespaces: true });
  }
}

/** Throws a Problem for a node that is not there: a pod for it would wait for ever. */
async function requireNode(kubectl: Kubectl, node: string): Promise<void> {
  const answer = await kubectl.ask(['get', 'node', node, '--output=name']);
  if (answer.ok || answer.failure.kind === 'forbidden') return;
  if (answer.failure.kind === 'not-found') {
    throw new Problem('usage', `The cluster has no node "${node}"; see "kubectl get nodes".`);
  }
  throw new Problem('missing', answer.failure.sentence);
}
