// `netdebug cluster …`: live watching and the experiment on a real cluster, through the user's own kubectl.
import { Command } from 'commander';
import { cleanupCommand } from './cluster/cleanup.ts';
import { preflightCommand } from './cluster/preflight.ts';
import { runCommand } from './cluster/run.ts';
import { watchCommand } from './cluster/watch.ts';
import { evidenceCommand } from './mesh/evidence.ts';

export function command(): Command {
  return new Command('cluster')
    .description('watch workloads of a Kubernetes cluster, or run the experiment there, through your kubectl')
    .addCommand(watchCommand())
    .addCommand(preflightCommand())
    .addCommand(runCommand())
    .addCommand(evidenceCommand())
    .addCommand(cleanupCommand());
}
