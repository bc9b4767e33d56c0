// What `netdebug mesh evidence` does: the observer onto the node, its folder here, and everything away again.
import { collectEvidence } from '../../cluster/collect-evidence.ts';
import { deployObservers } from '../../cluster/deploy.ts';
import { removeLeftBehind } from '../../cluster/left-behind.ts';
import { newRunId, ofRun } from '../../cluster/names.ts';
import { observerNamespace } from '../../cluster/observer-objects.ts';
import { reachCluster } from '../../cluster/reach-cluster.ts';
import { formatDuration } from '../../model/duration.ts';
import { Problem } from '../../model/problem.ts';
import { pause } from '../../system/tools/kubectl.ts';
import type { Kubectl } from '../../system/tools/kubectl.ts';
import { catchInterruption } from '../cluster/interruption.ts';
import { targetOf } from '../cluster/target-flags.ts';
import type { TargetFlags } from '../cluster/target-flags.ts';
import { evidenceFile, nodeFolder } from '../../run-folder/layout.ts';
import { chooseFolder, makeEvidenceFolder, refuseUsed } from '../../run-folder/make-folder.ts';

export interface EvidenceFlags extends TargetFlags {
  readonly duration: number;
  readonly image: string;
  readonly rolloutTimeout: number;
  readonly out?: string;
}

const say = (text: string) => process.stderr.write(`${text}\n`);

/** Throws a Problem when the cluster refuses; what was made is removed however it ends. */
export async function collectFrom(node: string, flags: EvidenceFlags): Promise<void> {
  const folder = chooseFolder(flags.out, new Date(), node);
  refuseUsed(folder);
  const runId = newRunId(Math.random);
  const interruption = catchInterruption(() =>
    say(`netdebug: ended at once; see what stays behind: netdebug cluster cleanup --run ${runId} --dry-run`),
  );
  try {
    const { kubectl, context } = await reachCluster(targetOf(flags), interruption.signal);
    await requireNode(kubectl, node);
    await makeEvidenceFolder(folder);
    say(`Observing ${node} of context ${context} for ${formatDuration(flags.duration)}, as run ${runId}`);
    try {
      const pods = await deployObservers(
        kubectl,
        { runId, image: flags.image, nodes: [node] },
        {
          keptAs: (name) => evidenceFile(folder, name),
          ...{ rolloutTimeoutMs: flags.rolloutTimeout, onStage: say, signal: interruption.signal },
        },
      );
      say(`observing; Ctrl-C ends it early`);
      await pause(flags.duration, interruption.signal);
      say('copying the evidence');
      const patient = kubectl.withSignal(undefined);
      const source = { namespace: observerNamespace({ runId }), observers: pods };
      await collectEvidence(patient, source, { folder, nodeFolder }, say);
    } finally {
      say(`Removing what run ${runId} created …`);
      await removeLeftBehind(kubectl.withSignal(undefined), { selector: ofRun(runId), namespaces: true });
    }
    process.stdout.write(`${folder}\n`);
    say(`What it says: netdebug diagnose ${folder}`);
  } finally {
    interruption.off();
  }
}

/** Before anything is created: a pod for a node that is not there would wait for ever. */
async function requireNode(kubectl: Kubectl, node: string): Promise<void> {
  const answer = await kubectl.ask(['get', 'node', node, '--output=name']);
  if (answer.ok || answer.failure.kind === 'forbidden') return;
  if (answer.failure.kind === 'not-found') {
    throw new Problem('usage', `The cluster has no node "${node}"; see "kubectl get nodes".`);
  }
  throw new Problem('missing', answer.failure.sentence);
}
