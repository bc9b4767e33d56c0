// `netdebug completion SHELL`: prints the script by which a shell asks this program what can stand at the cursor.
import { Argument, Command } from 'commander';
import { bashScript } from './completion/bash.ts';
import { fishScript } from './completion/fish.ts';
import { zshScript } from './completion/zsh.ts';
import { print } from './standard-output.ts';

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript };

/** The command, for the program to add. */
export function command(): Command {
  return new Command('completion')
    .description('Prints a script for your shell, by which Tab completes commands, options and their values.')
    .addArgument(new Argument('<shell>', 'which one').choices(Object.keys(scripts)))
    .addHelpText(
      'after',
      `
Examples:
  source <(netdebug completion bash)                    for this shell; a line of ~/.bashrc for every one
  netdebug completion zsh > "\${fpath[1]}/_netdebug"     zsh, where compinit is called
  netdebug completion fish > ~/.config/fish/completions/netdebug.fish

Namespaces, contexts, nodes and workloads are asked of your kubectl, for a second at most. "kubectl netdebug" is completed by
kubectl's own script (kubectl 1.26 or newer), which looks for the program kubectl_complete-netdebug.`,
    )
    .action((shell: keyof typeof scripts) => print(scripts[shell]));
}
