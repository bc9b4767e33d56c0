// `netdebug mesh evidence NODE`: the privileged observer on one node for a while, and then a run's folder; nothing stays there.
import { Argument, Command } from 'commander';
import { newRunId } from '../../cluster/names.ts';
import { chooseFolder, refuseUsed, tryFolder } from '../../run-folder/make-folder.ts';
import { targetOf, targetOptions, type TargetFlags } from '../cluster/target-flags.ts';
import { nodes } from '../completion/cluster-names.ts';
import { offering } from '../completion/sources.ts';
import { catchInterruption } from '../interruption.ts';
import { durationOption, textOption } from '../probe-flags.ts';
import { nodeName } from './part-flags.ts';
import { ownName } from '../../system/own-program.ts';
import { printMeasured } from '../standard-output.ts';

interface EvidenceFlags extends TargetFlags {
  readonly duration: number;
  readonly image: string;
  readonly rolloutTimeout: number;
  readonly out?: string;
}

const examples = `
Examples:
  netdebug mesh evidence node-7 --image registry.example/netdebug:observer
  netdebug mesh evidence node-7 --image registry.example/netdebug:observer --duration 10m --out node-7
  netdebug report node-7 --format html     a page of what changed on that node, and when

Says at its end how to read what it brought. A diagnosis explains connections that a client lost, so that it needs that
client's events as well: netdebug diagnose CLIENT.ndjson node-7.

Needs rights that the mesh itself has not: to create a namespace and a privileged pod in it, and to exec there. Ctrl-C
ends the observing early and keeps what there is; the namespace is removed however it ends.`;

export function evidenceCommand(): Command {
  const evidence = new Command('evidence')
    .description('observe one node for a while, with the privileged observer, and bring the evidence here')
    .addArgument(
      offering(
        new Argument('<node>', 'the node, as "kubectl get nodes" names it').argParser(nodeName),
        nodes,
      ),
    )
    .addOption(durationOption('--duration <time>', 'how long to observe', '1m'))
    .addOption(textOption('--image <image>', 'image of the target "observer"', 'netdebug:observer'))
    .addOption(durationOption('--rollout-timeout <time>', 'how long to wait for the pod', '2m'))
    .addOption(textOption('--out <dir>', 'the folder (default: netdebug-runs/TIME-NODE)'))
    .addHelpText('after', examples);
  for (const option of targetOptions()) evidence.addOption(option);
  return evidence.action(async (node: string, flags: EvidenceFlags) => {
    await collectFrom(node, flags);
  });
}

const say = (text: string) => process.stderr.write(`${text}\n`);

async function collectFrom(node: string, flags: EvidenceFlags): Promise<void> {
  const folder = chooseFolder(flags.out, new Date(), node);
  refuseUsed(folder);
  await tryFolder(folder);
  const runId = newRunId(Math.random);
  const interruption = catchInterruption(() =>
    say(
      `netdebug: ended at once; see what stays behind: ${ownName()} cluster cleanup --run ${runId} --dry-run`,
    ),
  );
  try {
    // Loaded late, as in each part of the mesh: a pod holds only what its part needs.
    const { collectNodeEvidence } = await import('../../experiment/evidence-of-node.ts');
    const { readingSteps } = await import('../../experiment/read-evidence.ts');
    const { reachCluster } = await import('../../cluster/reach-cluster.ts');
    const cluster = await reachCluster(targetOf(flags), interruption.signal);
    const { image, duration: durationMs, rolloutTimeout: rolloutTimeoutMs } = flags;
    const spec = { runId, node, image, durationMs, rolloutTimeoutMs, folder };
    await collectNodeEvidence(cluster, spec, say, interruption.signal);
    printMeasured(`${folder}\n`);
    say('It has what the node saw. To read it:');
    const steps = readingSteps(folder, node);
    const width = Math.max(...steps.map(({ command }) => command.length));
    for (const { command, shows } of steps) say(`  ${command.padEnd(width)}  # ${shows}`);
  } finally {
    interruption.off();
  }
}
