// What `netdebug mesh evidence` does with its flags.
import { newRunId } from '../../cluster/names.ts';
import { reachCluster } from '../../cluster/reach-cluster.ts';
import { collectNodeEvidence, requireNode } from '../../experiment/evidence-of-node.ts';
import { catchInterruption } from '../cluster/interruption.ts';
import { targetOf } from '../cluster/target-flags.ts';
import type { TargetFlags } from '../cluster/target-flags.ts';
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
    const cluster = await reachCluster(targetOf(flags), interruption.signal);
    await requireNode(cluster, node);
    await makeEvidenceFolder(folder);
    const { image, duration: durationMs, rolloutTimeout: rolloutTimeoutMs } = flags;
    await collectNodeEvidence(
      cluster,
      { runId, node, image, durationMs, rolloutTimeoutMs, folder },
      say,
      interruption.signal,
    );
    process.stdout.write(`${folder}\n`);
    say(`What it says: netdebug diagnose ${folder}`);
  } finally {
    interruption.off();
  }
}
