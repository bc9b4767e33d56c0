// `netdebug cluster …`: the experiment on a real cluster, through the user's own kubectl.
import { Command } from 'commander';
import { cleanupCommand } from './cluster/cleanup.ts';
import { preflightCommand } from './cluster/preflight.ts';
import { runCommand } from './cluster/run.ts';

export function command(): Command {
  return new Command('cluster')
    .description('run the experiment on a Kubernetes cluster, through your kubectl')
    .addCommand(preflightCommand())
    .addCommand(runCommand())
    .addCommand(cleanupCommand());
}
