// `netdebug mesh evidence NODE`: the privileged observer on one node for a while, and then a run's folder; nothing stays there.
import { Command } from 'commander';
import { targetOptions } from '../cluster/target-flags.ts';
import { durationOption, filled } from '../probe-flags.ts';
import type { EvidenceFlags } from './collect.ts';
import { nodeName } from './part-flags.ts';

const examples = `
Examples:
  netdebug mesh evidence node-7 --image registry.example/netdebug:observer
  netdebug mesh evidence node-7 --image registry.example/netdebug:observer --duration 10m --out node-7
  netdebug diagnose node-7                 what the evidence says

Needs rights that the mesh itself has not: to create a namespace and a privileged pod in it, and to exec there. Ctrl-C
ends the observing early and keeps what there is; the namespace is removed however it ends.`;

export function evidenceCommand(): Command {
  const evidence = new Command('evidence')
    .description('observe one node for a while, with the privileged observer, and bring the evidence here')
    .argument('<node>', 'the node, as "kubectl get nodes" names it', nodeName)
    .addOption(durationOption('--duration <time>', 'how long to observe', '1m'))
    .option(
      '--image <image>',
      'image of the target "observer"',
      filled('--image', 'an image'),
      'netdebug:observer',
    )
    .addOption(durationOption('--rollout-timeout <time>', 'how long to wait for the pod', '2m'))
    .option('--out <dir>', 'the folder (default: netdebug-runs/TIME-NODE)', filled('--out', 'a folder'))
    .addHelpText('after', examples);
  for (const option of targetOptions()) evidence.addOption(option);
  return evidence.action(async (node: string, flags: EvidenceFlags) => {
    const { collectFrom } = await import('./collect.ts');
    await collectFrom(node, flags);
  });
}
